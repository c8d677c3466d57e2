@NullMarked
package io.doppelfleet.fleet.address;

import org.jspecify.annotations.NullMarked;
