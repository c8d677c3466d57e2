/**
 * The data plane. {@link io.doppelfleet.proxy.ProxyVerticle} names the phases of a connection's
 * life in the order in which it meets them; each has a package of its own.
 */
@NullMarked
package io.doppelfleet.proxy;

import org.jspecify.annotations.NullMarked;
