/** What a node is measured against. */
@NullMarked
package io.doppelfleet.bench.yardstick;

import org.jspecify.annotations.NullMarked;
