@NullMarked
package io.doppelfleet.bench.stealth.probe;

import org.jspecify.annotations.NullMarked;
