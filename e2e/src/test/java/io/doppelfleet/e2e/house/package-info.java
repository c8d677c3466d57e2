/** The scripts and the launcher as an operator meets them: real processes. */
@NullMarked
package io.doppelfleet.e2e.house;

import org.jspecify.annotations.NullMarked;
