@NullMarked
package io.doppelfleet.launcher;

import org.jspecify.annotations.NullMarked;
