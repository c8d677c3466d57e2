@NullMarked
package io.doppelfleet.fleet.seal;

import org.jspecify.annotations.NullMarked;
