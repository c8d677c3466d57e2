/** Jars that stand beside the class path, for what few processes need. */
@NullMarked
package io.doppelfleet.fleet.beside;

import org.jspecify.annotations.NullMarked;
