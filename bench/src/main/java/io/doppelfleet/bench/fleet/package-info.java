/** {@code bench/fleet}: how soon nodes follow their control, and what that costs. */
@NullMarked
package io.doppelfleet.bench.fleet;

import org.jspecify.annotations.NullMarked;
