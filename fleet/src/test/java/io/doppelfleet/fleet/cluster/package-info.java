@NullMarked
package io.doppelfleet.fleet.cluster;

import org.jspecify.annotations.NullMarked;
