/** What happens to bytes on their way, whatever the kernel takes of them. */
@NullMarked
package io.doppelfleet.proxy.relay;

import org.jspecify.annotations.NullMarked;
