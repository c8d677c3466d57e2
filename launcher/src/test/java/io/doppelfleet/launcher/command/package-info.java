@NullMarked
package io.doppelfleet.launcher.command;

import org.jspecify.annotations.NullMarked;
