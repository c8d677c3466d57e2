/**
 * Where the fleet's desired state is kept, revision by revision: an embedded H2 file, or PostgreSQL
 * for more than one control.
 */
@NullMarked
package io.doppelfleet.control.store;

import org.jspecify.annotations.NullMarked;
