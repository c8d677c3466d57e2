/**
 * The outgoing link of a node to a control elsewhere. It stands for the control on this process's
 * event bus: who follows states or reports there doesn't know of it.
 */
@NullMarked
package io.doppelfleet.proxy.link;

import org.jspecify.annotations.NullMarked;
