/** What a node costs: a node in a process of its own, put under load and watched from outside. */
@NullMarked
package io.doppelfleet.bench.measure;

import org.jspecify.annotations.NullMarked;
