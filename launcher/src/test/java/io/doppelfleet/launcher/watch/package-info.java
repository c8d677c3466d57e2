/** Tests of what others see of the process. */
@NullMarked
package io.doppelfleet.launcher.watch;

import org.jspecify.annotations.NullMarked;
