@NullMarked
package io.doppelfleet.fleet;

import org.jspecify.annotations.NullMarked;
