/** Parts of the API by themselves. */
@NullMarked
package io.doppelfleet.control.api;

import org.jspecify.annotations.NullMarked;
