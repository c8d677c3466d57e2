/** What the controls of one store tell each other of what isn't in it. */
@NullMarked
package io.doppelfleet.control.peer;

import org.jspecify.annotations.NullMarked;
