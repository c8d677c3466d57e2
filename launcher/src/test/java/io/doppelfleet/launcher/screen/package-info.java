@NullMarked
package io.doppelfleet.launcher.screen;

import org.jspecify.annotations.NullMarked;
