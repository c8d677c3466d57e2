@NullMarked
package io.doppelfleet.proxy.probe;

import org.jspecify.annotations.NullMarked;
