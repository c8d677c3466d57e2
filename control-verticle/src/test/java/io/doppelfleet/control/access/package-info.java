@NullMarked
package io.doppelfleet.control.access;

import org.jspecify.annotations.NullMarked;
