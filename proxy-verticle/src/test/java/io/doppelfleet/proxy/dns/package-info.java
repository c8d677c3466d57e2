@NullMarked
package io.doppelfleet.proxy.dns;

import org.jspecify.annotations.NullMarked;
