/** Where the data centres are, and how to reach one. */
@NullMarked
package io.doppelfleet.proxy.datacenter;

import org.jspecify.annotations.NullMarked;
