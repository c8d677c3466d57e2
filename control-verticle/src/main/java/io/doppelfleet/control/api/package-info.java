/** The REST API under {@code /api/v1}, whatever it is served on. */
@NullMarked
package io.doppelfleet.control.api;

import org.jspecify.annotations.NullMarked;
