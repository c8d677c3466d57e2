/** How events are written: one line each, to standard error. */
@NullMarked
package io.doppelfleet.launcher.logging;

import org.jspecify.annotations.NullMarked;
