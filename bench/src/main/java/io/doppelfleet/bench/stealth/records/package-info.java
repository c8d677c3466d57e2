/** Sizes and times of records, and a classifier that tells two sources of them apart. */
@NullMarked
package io.doppelfleet.bench.stealth.records;

import org.jspecify.annotations.NullMarked;
