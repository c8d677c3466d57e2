package io.doppelfleet.proxy.link;

import io.vertx.core.net.SocketAddress;
import java.time.Duration;

/**
 * Where connections are carried to a control, whichever takes them.
 *
 * @param address of who carries them, who need not be there yet
 * @param again how soon a link that is open at the control's address is tried to be had there; up
 *     to 120 times as long where those that are carried break
 */
public record Carried(SocketAddress address, Duration again) {}
