/** Where what is counted goes, but for the page that Prometheus reads. */
@NullMarked
package io.doppelfleet.fleet.metrics;

import org.jspecify.annotations.NullMarked;
