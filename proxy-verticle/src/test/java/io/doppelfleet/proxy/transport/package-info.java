@NullMarked
package io.doppelfleet.proxy.transport;

import org.jspecify.annotations.NullMarked;
