/** TCP with nothing on top, for tests that look at bytes and closes. */
@NullMarked
package io.doppelfleet.standin.tcp;

import org.jspecify.annotations.NullMarked;
