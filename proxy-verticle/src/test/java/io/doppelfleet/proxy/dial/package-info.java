@NullMarked
package io.doppelfleet.proxy.dial;

import org.jspecify.annotations.NullMarked;
