/** IP addresses as numbers, and what states and lists say of them. */
@NullMarked
package io.doppelfleet.proxy.address;

import org.jspecify.annotations.NullMarked;
