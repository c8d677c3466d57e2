/** A cover site of one's own, so that no test and no measurement leaves the machine. */
@NullMarked
package io.doppelfleet.standin.cover;

import org.jspecify.annotations.NullMarked;
