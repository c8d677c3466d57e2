@NullMarked
package io.doppelfleet.proxy.scout;

import org.jspecify.annotations.NullMarked;
