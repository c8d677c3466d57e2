/** A control on the bus of a cluster, where nodes find it and have their links. */
@NullMarked
package io.doppelfleet.control.cluster;

import org.jspecify.annotations.NullMarked;
