@NullMarked
package io.doppelfleet.cluster;

import org.jspecify.annotations.NullMarked;
