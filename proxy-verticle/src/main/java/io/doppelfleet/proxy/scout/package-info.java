/** Learns the cover as a client and a visitor would, from time to time and beside the data path. */
@NullMarked
package io.doppelfleet.proxy.scout;

import org.jspecify.annotations.NullMarked;
