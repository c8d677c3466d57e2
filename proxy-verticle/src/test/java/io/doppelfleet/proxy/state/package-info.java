@NullMarked
package io.doppelfleet.proxy.state;

import org.jspecify.annotations.NullMarked;
