@NullMarked
package io.doppelfleet.proxy.datacenter;

import org.jspecify.annotations.NullMarked;
