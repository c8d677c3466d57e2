@NullMarked
package io.doppelfleet.bench;

import org.jspecify.annotations.NullMarked;
