@NullMarked
package io.doppelfleet.launcher.oddity;

import org.jspecify.annotations.NullMarked;
