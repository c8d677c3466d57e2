/** By what others see how this process fares: metrics, health, and what a thread dump says. */
@NullMarked
package io.doppelfleet.launcher.watch;

import org.jspecify.annotations.NullMarked;
