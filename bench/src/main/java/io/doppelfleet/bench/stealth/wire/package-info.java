/** What crosses a connection, seen as whoever taps the line or probes sees it. */
@NullMarked
package io.doppelfleet.bench.stealth.wire;

import org.jspecify.annotations.NullMarked;
