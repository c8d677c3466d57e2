/**
 * Synthetic FakeTLS clients: one that blocks and checks every byte of the answer, for tests, and
 * one that costs little, for load.
 */
@NullMarked
package io.doppelfleet.standin.client;

import org.jspecify.annotations.NullMarked;
