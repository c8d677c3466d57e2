/** Probes: what a censor says to find out what answers, and what it is answered. */
@NullMarked
package io.doppelfleet.bench.stealth.probe;

import org.jspecify.annotations.NullMarked;
