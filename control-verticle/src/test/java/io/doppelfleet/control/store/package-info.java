@NullMarked
package io.doppelfleet.control.store;

import org.jspecify.annotations.NullMarked;
