@NullMarked
package io.doppelfleet.control.authority;

import org.jspecify.annotations.NullMarked;
