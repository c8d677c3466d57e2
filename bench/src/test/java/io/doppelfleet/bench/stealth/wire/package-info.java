@NullMarked
package io.doppelfleet.bench.stealth.wire;

import org.jspecify.annotations.NullMarked;
