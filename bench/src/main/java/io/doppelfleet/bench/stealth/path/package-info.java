/** Ways between two ends that take time and lose packets. */
@NullMarked
package io.doppelfleet.bench.stealth.path;

import org.jspecify.annotations.NullMarked;
