/** What earlier versions have written, which this one has to read. */
@NullMarked
package io.doppelfleet.launcher.forms;

import org.jspecify.annotations.NullMarked;
