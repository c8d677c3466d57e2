@NullMarked
package io.doppelfleet.launcher.config;

import org.jspecify.annotations.NullMarked;
