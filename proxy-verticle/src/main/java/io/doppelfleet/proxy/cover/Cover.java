package io.doppelfleet.proxy.cover;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.dns.Lookup;
import io.doppelfleet.proxy.front.ProxyVersion;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cover site: where it is now, and whether it is this proxy itself. Shared by all event loops.
 */
public final class Cover {
  private static final Logger LOG = LoggerFactory.getLogger(Cover.class);

  private final HostPort site;
  private final HostPort at;
  private final @Nullable ProxyVersion header;
  private final Map<InetSocketAddress, Integer> ownDials = new ConcurrentHashMap<>();
  private final AtomicBoolean down = new AtomicBoolean();
  private volatile List<InetSocketAddress> addresses = List.of();
  private volatile List<HostPort> listening = List.of();
  private volatile boolean leadsBack;
  private volatile boolean cameBack;
  private volatile @Nullable Lookup lookup;
  private volatile Runnable whenDown = () -> {};

  /** With the host and port of the site. */
  public Cover(HostPort site) {
    this(site, site, null);
  }

  /**
   * The same for one that is dialled elsewhere than its name says.
   *
   * @param at where to dial
   * @param header what it is told of who comes, before all else; null: nothing
   */
  public Cover(HostPort site, HostPort at, @Nullable ProxyVersion header) {
    this.site = site;
    this.at = at;
    this.header = header;
  }

  /** What it is told of who comes, before all else; null: nothing. */
  public @Nullable ProxyVersion header() {
    return header;
  }

  /** The site's host and port. */
  public HostPort site() {
    return site;
  }

  /** Resolves the name now, and again and again; what was found last stays until then. */
  public Future<Void> follow(Vertx vertx) {
    Lookup begun = new Lookup(vertx, this::resolve);
    lookup = begun;
    return begun
        .begin()
        .recover(
            failure -> {
              failed(new UnknownHostException("its name doesn't resolve"));
              return Future.succeededFuture();
            });
  }

  /** Resolves no more. */
  public void forget() {
    Lookup begun = lookup;
    if (begun != null) {
      begun.end();
    }
  }

  private void resolve() throws UnknownHostException {
    List<InetSocketAddress> found =
        Arrays.stream(InetAddress.getAllByName(at.host()))
            .map(address -> new InetSocketAddress(address, at.port()))
            .toList();
    leadsBack = found.stream().anyMatch(this::isOurs);
    addresses = found;
  }

  /** What we listen on, so that the cover can be told from ourselves. */
  public void guard(List<HostPort> ours) {
    listening = List.copyOf(ours);
  }

  /**
   * Where to dial.
   *
   * @throws IOException when no address is known, or one of them is this proxy itself
   */
  List<InetSocketAddress> addresses() throws IOException {
    List<InetSocketAddress> now = resolved();
    if (leadsBack()) {
      throw new IOException("it is this proxy itself: set proxy.cover to another site");
    }
    return now;
  }

  /**
   * Where it is, even if that should be ourselves.
   *
   * @throws UnknownHostException when no address is known
   */
  public List<InetSocketAddress> resolved() throws UnknownHostException {
    List<InetSocketAddress> now = addresses;
    if (now.isEmpty()) {
      throw new UnknownHostException("its name doesn't resolve");
    }
    return now;
  }

  /**
   * Whether what was sent there arrived here and got no answer, by whatever way (a forwarded port,
   * say): then it is ourselves until something sent there is answered.
   */
  public void cameBack(boolean here) {
    cameBack = here;
  }

  /** Whether an address of the cover is one that we listen on, or what was sent there came here. */
  public boolean leadsBack() {
    return leadsBack || cameBack;
  }

  private boolean isOurs(InetSocketAddress address) {
    for (HostPort ours : listening) {
      if (ours.port() != address.getPort()) {
        continue;
      }
      try {
        InetAddress bound = InetAddress.getByName(ours.host());
        boolean here =
            bound.isAnyLocalAddress()
                ? address.getAddress().isAnyLocalAddress()
                    || address.getAddress().isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address.getAddress()) != null
                : bound.equals(address.getAddress());
        if (here) {
          return true;
        }
      } catch (UnknownHostException | SocketException e) {
        LOG.debug("comparing the cover with a listener: {}", e.toString());
      }
    }
    return false;
  }

  /**
   * A connection that we opened to the cover, by its local address, for who came by {@code hops}.
   */
  void dialled(InetSocketAddress local, int hops) {
    ownDials.put(local, hops + 1);
  }

  /** That connection is over. */
  void ended(InetSocketAddress local) {
    ownDials.remove(local);
  }

  /**
   * How often who connects to us seems to have passed through us already. One hop may be chance,
   * for a client on this machine can have the address and port of one of our own connections; a
   * loop has more with each round.
   */
  int hops(InetSocketAddress remote) {
    return ownDials.getOrDefault(remote, 0);
  }

  /** Tells the operator once, not the stranger. */
  public void failed(Throwable why) {
    if (down.compareAndSet(false, true)) {
      LOG.warn("the cover {} can't be reached: {}", site, why.getMessage());
      whenDown.run();
    }
  }

  /** Who looks at it has told why it can't be reached. */
  public void unreachable() {
    down.set(true);
  }

  /** Who is to look whether it is back, from any thread: strangers may come seldom. */
  public void whenDown(Runnable look) {
    whenDown = look;
  }

  /** It answers. */
  public void reached() {
    if (down.compareAndSet(true, false)) {
      LOG.info("the cover {} can be reached again", site);
    }
  }

  /** Whether the last attempt failed. */
  public boolean isDown() {
    return down.get();
  }
}
