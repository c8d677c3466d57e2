@NullMarked
package io.doppelfleet.control.cluster;

import org.jspecify.annotations.NullMarked;
