@NullMarked
package io.doppelfleet.control.seal;

import org.jspecify.annotations.NullMarked;
