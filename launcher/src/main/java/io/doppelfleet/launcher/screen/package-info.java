/** What the operator sees on a terminal. */
@NullMarked
package io.doppelfleet.launcher.screen;

import org.jspecify.annotations.NullMarked;
