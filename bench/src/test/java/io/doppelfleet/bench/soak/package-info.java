@NullMarked
package io.doppelfleet.bench.soak;

import org.jspecify.annotations.NullMarked;
