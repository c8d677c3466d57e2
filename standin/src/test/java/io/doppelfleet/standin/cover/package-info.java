@NullMarked
package io.doppelfleet.standin.cover;

import org.jspecify.annotations.NullMarked;
