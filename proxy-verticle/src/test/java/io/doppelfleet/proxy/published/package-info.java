@NullMarked
package io.doppelfleet.proxy.published;

import org.jspecify.annotations.NullMarked;
