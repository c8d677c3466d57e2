@NullMarked
package io.doppelfleet.bench.cover;

import org.jspecify.annotations.NullMarked;
