/** What a node keeps on disk: its own secret, and the links that {@code access} shows. */
@NullMarked
package io.doppelfleet.launcher.state;

import org.jspecify.annotations.NullMarked;
