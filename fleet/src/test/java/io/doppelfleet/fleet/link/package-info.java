@NullMarked
package io.doppelfleet.fleet.link;

import org.jspecify.annotations.NullMarked;
