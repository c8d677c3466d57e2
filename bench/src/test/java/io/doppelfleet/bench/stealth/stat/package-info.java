@NullMarked
package io.doppelfleet.bench.stealth.stat;

import org.jspecify.annotations.NullMarked;
