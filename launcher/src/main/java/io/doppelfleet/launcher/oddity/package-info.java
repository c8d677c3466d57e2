/** Looks for what would make a node work badly though it starts; each finding is one sentence. */
@NullMarked
package io.doppelfleet.launcher.oddity;

import org.jspecify.annotations.NullMarked;
