/** The first flight of the node beside the cover's. */
@NullMarked
package io.doppelfleet.bench.stealth.flight;

import org.jspecify.annotations.NullMarked;
