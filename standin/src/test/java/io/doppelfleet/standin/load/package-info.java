@NullMarked
package io.doppelfleet.standin.load;

import org.jspecify.annotations.NullMarked;
