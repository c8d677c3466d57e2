@NullMarked
package io.doppelfleet.control.link;

import org.jspecify.annotations.NullMarked;
