/** The web site that whoever is not a client is spliced to. */
@NullMarked
package io.doppelfleet.proxy.cover;

import org.jspecify.annotations.NullMarked;
