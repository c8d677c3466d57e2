@NullMarked
package io.doppelfleet.proxy.cover;

import org.jspecify.annotations.NullMarked;
