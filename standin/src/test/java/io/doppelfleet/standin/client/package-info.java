@NullMarked
package io.doppelfleet.standin.client;

import org.jspecify.annotations.NullMarked;
