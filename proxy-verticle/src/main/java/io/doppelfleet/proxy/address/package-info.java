/** IP addresses as numbers, and what a state says of them. */
@NullMarked
package io.doppelfleet.proxy.address;

import org.jspecify.annotations.NullMarked;
