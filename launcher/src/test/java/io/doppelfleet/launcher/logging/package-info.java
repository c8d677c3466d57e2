@NullMarked
package io.doppelfleet.launcher.logging;

import org.jspecify.annotations.NullMarked;
