@NullMarked
package io.doppelfleet.proxy.address;

import org.jspecify.annotations.NullMarked;
