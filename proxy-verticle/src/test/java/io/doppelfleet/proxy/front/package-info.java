@NullMarked
package io.doppelfleet.proxy.front;

import org.jspecify.annotations.NullMarked;
