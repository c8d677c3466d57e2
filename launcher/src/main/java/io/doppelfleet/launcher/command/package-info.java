/** Commands that ask the control of a running node, by its API. */
@NullMarked
package io.doppelfleet.launcher.command;

import org.jspecify.annotations.NullMarked;
