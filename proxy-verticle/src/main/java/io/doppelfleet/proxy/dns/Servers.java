package io.doppelfleet.proxy.dns;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks servers in their order; one that fails is asked last for half a minute. */
final class Servers {
  private static final Logger LOG = LoggerFactory.getLogger(Servers.class);

  /** For one server's answers, TLS and the second datagram included. */
  private static final long PATIENCE_MILLIS = 4_000;

  private static final long LAST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final List<Server> all;
  private final LongSupplier nanoTime;

  Servers(
      List<NameServer> servers, Supplier<SSLContext> trust, LongSupplier nanoTime, Duration again) {
    this.all = servers.stream().map(each -> new Server(each, line(each, trust, again))).toList();
    this.nanoTime = nanoTime;
  }

  private static Line line(NameServer server, Supplier<SSLContext> trust, Duration again) {
    return switch (server.kind()) {
      case PLAIN -> new PlainLine(server.address(), again);
      case TLS -> new TlsLine(server, trust.get());
      case HTTPS -> new HttpsLine(server, trust.get());
    };
  }

  /**
   * The first answer that says all that is asked, or what those say together that say half of it;
   * all questions are of one name.
   */
  Answer ask(List<byte[]> questions) throws IOException, InterruptedException {
    IOException last = new IOException("there is no server");
    Answer half = null;
    for (Server server : order()) {
      try {
        Answer answer = read(server.ask(questions), questions.size());
        server.works();
        if (answer.whole()) {
          return answer;
        }
        half = answer.with(half);
      } catch (NoAnswerException e) {
        server.works();
        last = e;
      } catch (IOException e) {
        last = e;
        server.fails(e);
      }
    }
    if (half == null) {
      throw last;
    }
    return half;
  }

  /** Where one question has addresses for its answer, another's may have been too much. */
  private static Answer read(List<byte[]> answers, int asked) throws IOException {
    List<Answer> read = new ArrayList<>();
    IOException refused = new NoAnswerException("it answers half of what it is asked");
    for (byte[] answer : answers) {
      try {
        read.add(DnsMessage.read(answer));
      } catch (NoAnswerException e) {
        refused = e;
      }
    }
    boolean whole = read.size() == asked;
    Answer joined = Answer.joined(read, whole);
    if (!whole && joined.addresses().isEmpty()) {
      throw refused;
    }
    return joined;
  }

  private List<Server> order() {
    long now = nanoTime.getAsLong();
    Stream<Server> first = all.stream().filter(each -> !each.hasFailedAt(now));
    return Stream.concat(first, all.stream().filter(each -> each.hasFailedAt(now))).toList();
  }

  private final class Server {
    private final NameServer server;
    private final Line line;
    private boolean down;
    private long failedAt;

    Server(NameServer server, Line line) {
      this.server = server;
      this.line = line;
    }

    /** On a thread of its own, which ends with the patience, whatever it waits for. */
    List<byte[]> ask(List<byte[]> questions) throws IOException, InterruptedException {
      FutureTask<List<byte[]>> asked = new FutureTask<>(() -> line.ask(questions));
      Thread.ofVirtual().name("doppelfleet-dns").start(asked);
      try {
        return asked.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        throw new IOException("no answer", e);
      } catch (ExecutionException e) {
        throw new IOException(why(e.getCause()), e);
      } finally {
        asked.cancel(true); // does nothing to one that has ended
      }
    }

    private static String why(@Nullable Throwable cause) {
      String message = cause == null ? null : cause.getMessage();
      return message == null ? String.valueOf(cause) : message;
    }

    private synchronized boolean hasFailedAt(long now) {
      return down && now - failedAt < LAST_NANOS;
    }

    private synchronized void works() {
      if (down) {
        down = false;
        LOG.info("the name server {} answers again", server);
      }
    }

    private synchronized void fails(IOException why) {
      failedAt = nanoTime.getAsLong();
      if (!down) {
        down = true;
        LOG.warn("the name server {} fails: {}", server, why.getMessage());
      }
    }
  }
}
