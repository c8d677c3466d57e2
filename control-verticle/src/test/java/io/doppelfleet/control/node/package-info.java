@NullMarked
package io.doppelfleet.control.node;

import org.jspecify.annotations.NullMarked;
