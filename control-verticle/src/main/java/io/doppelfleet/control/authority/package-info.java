/** The fleet's own keys, and what is signed with them: certificates and states. */
@NullMarked
package io.doppelfleet.control.authority;

import org.jspecify.annotations.NullMarked;
