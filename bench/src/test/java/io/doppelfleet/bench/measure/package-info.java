@NullMarked
package io.doppelfleet.bench.measure;

import org.jspecify.annotations.NullMarked;
