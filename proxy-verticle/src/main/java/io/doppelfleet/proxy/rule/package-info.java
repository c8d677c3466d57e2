/** Bans by rules: who replays, whom clients come from beside, and what the fleet's rules ban. */
@NullMarked
package io.doppelfleet.proxy.rule;

import org.jspecify.annotations.NullMarked;
