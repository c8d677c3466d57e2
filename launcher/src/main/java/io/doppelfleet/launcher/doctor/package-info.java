/** Examines a cover before an operator trusts it, or when something looks wrong. */
@NullMarked
package io.doppelfleet.launcher.doctor;

import org.jspecify.annotations.NullMarked;
