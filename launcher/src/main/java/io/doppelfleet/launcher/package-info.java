/** The command line: reads what the operator wants and puts the verticles together. */
@NullMarked
package io.doppelfleet.launcher;

import org.jspecify.annotations.NullMarked;
