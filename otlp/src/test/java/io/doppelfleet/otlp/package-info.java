/** Tests with a collector of their own. */
@NullMarked
package io.doppelfleet.otlp;

import org.jspecify.annotations.NullMarked;
