@NullMarked
package io.doppelfleet.standin.tcp;

import org.jspecify.annotations.NullMarked;
