@NullMarked
package io.doppelfleet.bench.load;

import org.jspecify.annotations.NullMarked;
