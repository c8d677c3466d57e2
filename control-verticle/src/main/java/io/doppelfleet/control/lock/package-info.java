/** Files that one control at a time may use. */
@NullMarked
package io.doppelfleet.control.lock;

import org.jspecify.annotations.NullMarked;
