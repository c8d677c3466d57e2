package io.doppelfleet.proxy.dns;

import io.netty.handler.codec.dns.DnsRecordType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of names, as servers say. An answer holds for the time that it says itself, and
 * beyond while no server answers: who was found stays found. That there is no such name is an
 * answer too. Thread-safe.
 */
public final class Names {
  /** Of a process; the next one takes the place of that which was asked for longest ago. */
  static final int MOST = 256;

  /** A moment and a day: the bounds of the time that an answer says. */
  private static final long LEAST_SECONDS = 1;

  private static final long MOST_SECONDS = TimeUnit.DAYS.toSeconds(1);

  /** Until servers that all failed, or had half an answer, are asked again for a name. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** The same for a name that has no addresses yet, which somebody waits for. */
  private static final long FIRST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");

  private static final int IDS = 1 << 16;

  private final Servers servers;
  private final Map<String, List<InetAddress>> own = new HashMap<>();
  private final LongSupplier nanoTime;
  private final SecureRandom random = new SecureRandom();
  private final SequencedMap<String, Name> names = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * Knows nothing yet.
   *
   * @param servers one at least, in the order to ask them
   * @param trust whose certificates are believed; asked for by TLS and HTTPS alone
   * @param nanoTime monotonic
   */
  public Names(List<NameServer> servers, Supplier<SSLContext> trust, LongSupplier nanoTime) {
    this(servers, trust, nanoTime, PlainLine.AGAIN);
  }

  /**
   * The same.
   *
   * @param again until a datagram is sent again, and then until it is given up
   */
  Names(
      List<NameServer> servers, Supplier<SSLContext> trust, LongSupplier nanoTime, Duration again) {
    this.servers = new Servers(servers, trust, nanoTime, again);
    this.nanoTime = nanoTime;
    for (NameServer server : servers) {
      if (server.kind() == NameServer.Kind.HTTPS && server.name() != null) {
        own.put(canonical(server.name()), List.of(server.address().getAddress()));
      }
    }
  }

  /**
   * All that a name has, addresses of IPv4 first. Blocks, for some seconds with each server that
   * doesn't answer.
   *
   * @throws UnknownHostException where it has none, or that can't be found out and never was
   */
  public List<InetAddress> of(String host) throws UnknownHostException {
    List<InetAddress> ofServer = ofServer(host);
    return ofServer.isEmpty() ? name(canonical(host)).addresses() : ofServer;
  }

  /** Where the server of that name is asked by HTTPS; empty: none has it. */
  List<InetAddress> ofServer(String host) {
    return own.getOrDefault(canonical(host), List.of());
  }

  private static String canonical(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return name.toLowerCase(Locale.ROOT);
  }

  private Name name(String host) throws UnknownHostException {
    if (!NAME.matcher(host).matches()) {
      throw new UnknownHostException(host + ": no name");
    }
    synchronized (names) {
      Name name = names.computeIfAbsent(host, Name::new);
      if (names.size() > MOST) {
        names.pollFirstEntry();
      }
      return name;
    }
  }

  private Answer ask(String host) throws IOException, InterruptedException {
    return servers.ask(
        List.of(
            DnsMessage.question(random.nextInt(IDS), host, DnsRecordType.A),
            DnsMessage.question(random.nextInt(IDS), host, DnsRecordType.AAAA)));
  }

  private final class Name {
    private final String host;
    private @Nullable Answer last;
    private long until;
    private boolean failed;

    Name(String host) {
      this.host = host;
    }

    /** One asks, and whoever comes meanwhile hears what was found. */
    synchronized List<InetAddress> addresses() throws UnknownHostException {
      if ((last == null && !failed) || until - nanoTime.getAsLong() <= 0) {
        renew();
      }
      Answer answer = last;
      if (answer == null) {
        throw new UnknownHostException(host + ": no name server answers");
      }
      if (answer.addresses().isEmpty()) {
        throw new UnknownHostException(host + ": no such name");
      }
      return answer.addresses();
    }

    private void renew() throws UnknownHostException {
      try {
        Answer answer = ask(host).with(last);
        last = answer;
        failed = false;
        long said =
            TimeUnit.SECONDS.toNanos(Math.clamp(answer.seconds(), LEAST_SECONDS, MOST_SECONDS));
        holdsFor(answer.whole() ? said : Math.min(said, PAUSE_NANOS));
      } catch (IOException e) { // which was told of the server
        failed = true;
        holdsFor(last == null ? FIRST_PAUSE_NANOS : PAUSE_NANOS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        if (last == null) {
          throw new UnknownHostException(host + ": interrupted");
        }
      }
    }

    private void holdsFor(long nanos) {
      until = nanoTime.getAsLong() + nanos;
    }
  }
}
