package io.doppelfleet.proxy.scout;

import io.doppelfleet.proxy.doppel.Traffic;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a visitor asks a site for, and what came of it: the first page and some of what it leads to,
 * over several connections, for a server answers the first request on one otherwise than the
 * others.
 */
final class Tour {
  private static final int MOST_CONNECTIONS = 8;

  /** Requests on a connection. */
  private static final int MOST_ON_ONE = 16;

  /** Of a body, bytes: more shows nothing new. */
  private static final int ENOUGH = 256 * 1024;

  /**
   * Records that come on a connection once: tickets, of which OpenSSL sends two, and settings. The
   * two answers may differ in more where a server cuts what it sends by its own times.
   */
  private static final int MOST_ONCE = 4;

  /** Browsers ask for it unasked. Where it isn't there, the answer is like no page's. */
  private static final String GUESSED = "/favicon.ico";

  private final String host;
  private final Set<String> known = new HashSet<>(Set.of("/"));

  /** Each page is asked for to begin a connection, and later on one. */
  private final Deque<String> toBegin = new ArrayDeque<>(Set.of("/"));

  private final Deque<String> toFollow = new ArrayDeque<>(Set.of("/"));

  /** And when all others were: over HTTP/2 a head is shorter for what one like it has said. */
  private final Deque<String> toRepeat = new ArrayDeque<>();

  private final List<Traffic.Response> firsts = new ArrayList<>();
  private final List<Traffic.Response> later = new ArrayList<>();
  private List<Integer> opening = List.of();
  private String protocol = "";
  private int connections;
  private int requests;
  private long bytes;

  /** Of a site, within these bounds. */
  Tour(Bounds bounds, String host) {
    this.host = host;
    this.requests = bounds.requests();
    this.bytes = bounds.bytes();
  }

  /** Whether there is something left to ask for on another connection. */
  boolean goesOn() {
    return connections < MOST_CONNECTIONS && mayAsk(toBegin);
  }

  private boolean mayAsk(Deque<String> paths) {
    return requests > 0 && bytes > 0 && !paths.isEmpty();
  }

  /** Whether nothing has come so far. */
  boolean isEmpty() {
    return firsts.isEmpty();
  }

  /**
   * Asks on a connection on which nothing was asked yet. Servers behind one name may differ: what
   * speaks otherwise than the first is left alone.
   *
   * @param spoken the protocol's name
   * @throws IOException where it can be used no more; what came before is true all the same
   */
  void on(String spoken, Web web, RecordTap tap) throws IOException {
    connections++;
    protocol = protocol.isEmpty() ? spoken : protocol;
    if (!protocol.equals(spoken)) {
      return;
    }
    boolean more = ask(toBegin, firsts, web, tap);
    for (int asked = 1; more && asked < MOST_ON_ONE && mayAsk(toFollow); asked++) {
      more = ask(toFollow, later, web, tap);
      if (toFollow.isEmpty()) {
        toFollow.addAll(toRepeat);
        toRepeat.clear();
      }
      if (connections == 1 && asked == 1) { // the first page's a second time
        opening = opening(firsts.getFirst(), later.getFirst());
      }
    }
  }

  /** Whether the connection takes another request. */
  private boolean ask(Deque<String> paths, List<Traffic.Response> answers, Web web, RecordTap tap)
      throws IOException {
    String path = paths.remove();
    requests--;
    web.settle();
    tap.mark();
    Web.Answer answer = web.get(path, Math.min(bytes, ENOUGH));
    bytes -= answer.bytes();
    if (answer.status() == 200 || !path.equals(GUESSED)) {
      answers.add(response(tap.records(), answer.headers()));
    }
    if (firsts.size() + later.size() <= 3) { // the first page, or where it leads to
      Links.of(answer, host, path).forEach(this::found);
      found(GUESSED);
    }
    return answer.more();
  }

  private void found(String path) {
    if (known.add(path)) {
      toBegin.add(path);
      toFollow.add(path);
      toRepeat.add(path);
    }
  }

  /** With the bytes that it would have come to. */
  private static Traffic.Response response(Traffic.Response seen, Map<String, String> headers) {
    String length = headers.getOrDefault("content-length", "");
    return length.matches("[0-9]{1,15}")
        ? new Traffic.Response(
            seen.sizes(), seen.gapsMicros(), Math.max(seen.bytes(), Long.parseLong(length)))
        : seen;
  }

  /** That was spoken. */
  String protocol() {
    return protocol;
  }

  /** The answers that came first on a connection. */
  List<Traffic.Response> firsts() {
    return List.copyOf(firsts);
  }

  /** The others; where no connection took a second request, those that came first. */
  List<Traffic.Response> later() {
    return List.copyOf(later.isEmpty() ? firsts : later);
  }

  /** What comes on a connection once; none where the first one took no second request. */
  List<Integer> opening() {
    return List.copyOf(opening);
  }

  /**
   * What comes on a connection once, before its first answer or with it. A server may put its
   * settings and an answer's head into one record then, which the same answer later has not.
   *
   * @param first answer on the connection
   * @param again the same page's, later on it
   */
  static List<Integer> opening(Traffic.Response first, Traffic.Response again) {
    int more = first.sizes().size() - again.sizes().size();
    return first.sizes().subList(0, Math.clamp(more, 0, MOST_ONCE));
  }
}
