@NullMarked
package io.doppelfleet.bench.yardstick;

import org.jspecify.annotations.NullMarked;
