/** The fleet key: what the store keeps is sealed under it, and only controls hold it. */
@NullMarked
package io.doppelfleet.control.seal;

import org.jspecify.annotations.NullMarked;
