/** The control plane: {@link io.doppelfleet.control.ControlVerticle} puts it together. */
@NullMarked
package io.doppelfleet.control;

import org.jspecify.annotations.NullMarked;
