/** What clients that are served notice of all those who come besides. */
@NullMarked
package io.doppelfleet.bench.overload;

import org.jspecify.annotations.NullMarked;
