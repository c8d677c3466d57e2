@NullMarked
package io.doppelfleet.control;

import org.jspecify.annotations.NullMarked;
