/** Whole nodes with real sockets on loopback: clients, strangers and what goes wrong. */
@NullMarked
package io.doppelfleet.e2e;

import org.jspecify.annotations.NullMarked;
