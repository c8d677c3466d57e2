@NullMarked
package io.doppelfleet.bench.datacenter;

import org.jspecify.annotations.NullMarked;
