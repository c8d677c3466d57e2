/** Numbers that say how well two samples can be told apart. */
@NullMarked
package io.doppelfleet.bench.stealth.stat;

import org.jspecify.annotations.NullMarked;
