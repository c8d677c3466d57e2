/**
 * What a node keeps on disk: its own secret, the links that {@code access} shows, and where it has
 * a control elsewhere, its identity and the last state; and what commands remember of controls
 * elsewhere.
 */
@NullMarked
package io.doppelfleet.launcher.state;

import org.jspecify.annotations.NullMarked;
