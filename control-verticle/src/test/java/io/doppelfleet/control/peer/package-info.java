@NullMarked
package io.doppelfleet.control.peer;

import org.jspecify.annotations.NullMarked;
