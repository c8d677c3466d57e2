@NullMarked
package io.doppelfleet.proxy.record;

import org.jspecify.annotations.NullMarked;
