/**
 * {@code bench/stealth}: whether a node can be told from its cover. Its parts are {@code flight},
 * {@code probe}, {@code records} and {@code path}.
 */
@NullMarked
package io.doppelfleet.bench.stealth;

import org.jspecify.annotations.NullMarked;
