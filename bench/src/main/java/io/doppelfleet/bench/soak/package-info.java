/** {@code bench/soak}: a fleet under a day's mixed load, watched for what grows or gets lost. */
@NullMarked
package io.doppelfleet.bench.soak;

import org.jspecify.annotations.NullMarked;
