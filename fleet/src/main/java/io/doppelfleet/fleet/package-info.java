/**
 * The words that both sides of the fleet speak: secrets, links, addresses and the desired state.
 */
@NullMarked
package io.doppelfleet.fleet;

import org.jspecify.annotations.NullMarked;
