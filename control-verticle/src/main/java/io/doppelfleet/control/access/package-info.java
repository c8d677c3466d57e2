/** Who may use the API over TCP: what they bring, and how it is checked. */
@NullMarked
package io.doppelfleet.control.access;

import org.jspecify.annotations.NullMarked;
