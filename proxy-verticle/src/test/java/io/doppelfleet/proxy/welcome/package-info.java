@NullMarked
package io.doppelfleet.proxy.welcome;

import org.jspecify.annotations.NullMarked;
