/** A node on the bus of a cluster, by which it reaches a control. */
@NullMarked
package io.doppelfleet.proxy.cluster;

import org.jspecify.annotations.NullMarked;
