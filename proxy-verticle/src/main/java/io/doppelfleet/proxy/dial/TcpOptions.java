package io.doppelfleet.proxy.dial;

import io.doppelfleet.proxy.leg.Legs;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;

/**
 * What is set on a client's socket and on the one behind it alike; what is not named here was
 * measured and makes no difference (TCP_QUICKACK, which is set at moments alone, when a sender may
 * wait for it), or shows (TCP_DEFER_ACCEPT: who says nothing has to meet the cover).
 */
public final class TcpOptions {
  private TcpOptions() {}

  /** Sets them, as far as the channel's kind knows them: NIO channels have no TCP_NOTSENT_LOWAT. */
  public static void set(ChannelConfig config) {
    // Header and first bytes may be two writes: the second must not wait for the first one's ACK.
    config.setOption(ChannelOption.TCP_NODELAY, true);
    // For a stranger who vanished while the cover keeps silent; idle clients are swept long before.
    config.setOption(ChannelOption.SO_KEEPALIVE, true);
    config.setOption(EpollChannelOption.TCP_NOTSENT_LOWAT, (long) Legs.NOT_SENT);
  }
}
