@NullMarked
package io.doppelfleet.bench.client;

import org.jspecify.annotations.NullMarked;
