@NullMarked
package io.doppelfleet.launcher.state;

import org.jspecify.annotations.NullMarked;
