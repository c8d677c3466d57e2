/** What states and lists say of addresses. */
@NullMarked
package io.doppelfleet.proxy.address;

import org.jspecify.annotations.NullMarked;
