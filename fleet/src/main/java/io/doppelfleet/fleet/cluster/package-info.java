/**
 * The other carrier of links: the clustered event bus of a private network, as both its ends have
 * it. It runs on a Vert.x of its own, so nobody there reaches an address of this process's bus.
 */
@NullMarked
package io.doppelfleet.fleet.cluster;

import org.jspecify.annotations.NullMarked;
