package io.doppelfleet.e2e;

import static io.doppelfleet.e2e.TestNode.RANDOM;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.Hellos;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that moves bytes both ways until it is ended, and comes back where its node went. Of a
 * node that goes on it knows each byte.
 */
final class Mover implements AutoCloseable {
  static final int BYTES = 1_000;
  private static final int PAUSE_MILLIS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Supplier<InetSocketAddress> node;
  private final Secret secret;
  private final Thread thread = Thread.ofPlatform().unstarted(this::run);
  private volatile boolean over;
  private volatile @Nullable FakeTlsClient client;
  private final AtomicLong moved = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger lost = new AtomicInteger();

  private Mover(Supplier<InetSocketAddress> node, Secret secret) {
    this.node = node;
    this.secret = secret;
  }

  static Mover start(Supplier<InetSocketAddress> node, Secret secret) {
    Mover mover = new Mover(node, secret);
    mover.thread.start();
    return mover;
  }

  private void run() {
    while (!over) {
      try (FakeTlsClient client = FakeTlsClient.connect(node.get())) {
        client.handshake(Hellos.classic(secret).build(), 2, RANDOM);
        client.raw().socket().setSoTimeout(0); // a node that stands still is waited for
        this.client = client;
        connections.incrementAndGet();
        while (!over) {
          client.say(new byte[BYTES], BYTES);
          client.hear(BYTES);
          moved.addAndGet(BYTES);
          Thread.sleep(PAUSE_MILLIS);
        }
      } catch (IOException | BrokenRuleException e) {
        lost.incrementAndGet();
        pause();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Bytes that came back so far: as many went as came. */
  long moved() {
    return moved.get();
  }

  /** Connections that were served. */
  int connections() {
    return connections.get();
  }

  /** Moves no more. Where its node stands still it is cut, and has lost that connection. */
  void end() throws InterruptedException {
    over = true;
    FakeTlsClient last = client;
    if (!thread.join(PATIENCE) && last != null) {
      try {
        last.close();
      } catch (IOException e) {
        lost.incrementAndGet();
      }
      thread.join(PATIENCE);
    }
  }

  /** How often it was cut or not served. */
  int lost() {
    return lost.get();
  }

  @Override
  public void close() throws InterruptedException {
    end();
  }
}
