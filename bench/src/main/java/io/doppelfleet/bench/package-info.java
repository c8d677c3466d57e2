/** The command line of the load bench. */
@NullMarked
package io.doppelfleet.bench;

import org.jspecify.annotations.NullMarked;
