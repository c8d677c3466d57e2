@NullMarked
package io.doppelfleet.bench.stealth.records;

import org.jspecify.annotations.NullMarked;
