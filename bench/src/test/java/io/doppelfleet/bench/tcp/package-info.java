@NullMarked
package io.doppelfleet.bench.tcp;

import org.jspecify.annotations.NullMarked;
