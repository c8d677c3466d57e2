@NullMarked
package io.doppelfleet.fleet.hello;

import org.jspecify.annotations.NullMarked;
