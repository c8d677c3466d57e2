@NullMarked
package io.doppelfleet.launcher.doctor;

import org.jspecify.annotations.NullMarked;
