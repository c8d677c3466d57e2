@NullMarked
package io.doppelfleet.proxy.doppel;

import org.jspecify.annotations.NullMarked;
