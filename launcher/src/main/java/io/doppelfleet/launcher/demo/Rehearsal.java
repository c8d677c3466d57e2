package io.doppelfleet.launcher.demo;

import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.load.Bulk;
import io.doppelfleet.standin.load.Download;
import io.doppelfleet.standin.load.Echo;
import io.doppelfleet.standin.load.LoadClients;
import io.doppelfleet.standin.load.Upload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What the node of {@code launcher/train.sh} stands between, in a process of its own: all that a
 * node needs for its clients is in the classes' cache then, and nothing of theirs.
 */
public final class Rehearsal {
  private static final int DATACENTER = 2;
  private static final int FILE_BYTES = 4 << 20;
  private static final int MESSAGES = 40;
  private static final int PAUSE_MILLIS = 50;
  private static final int PATIENCE_SECONDS = 60;

  private Rehearsal() {}

  /**
   * Prints where data centre 2 and the cover's port are, reads the node's port when this has begun,
   * and ends with 0 when all clients who came to it were served. Somebody comes to the cover, too.
   *
   * @param arguments the secret that the node has
   */
  public static void main(String[] arguments) throws InterruptedException {
    try (Surroundings around = Surroundings.open();
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      Secret secret = Secret.parse(arguments[0]);
      System.out.println(
          "127.0.0.1:" + around.datacenter().getPort() + " " + around.cover().port());
      String port = in.readLine();
      if (port == null) {
        throw new IOException("the node's port is missing");
      }
      CompletableFuture.delayedExecutor(2 * PATIENCE_SECONDS, TimeUnit.SECONDS)
          .execute(() -> Runtime.getRuntime().halt(1)); // whatever doesn't end
      InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
      visit(new InetSocketAddress(loopback, Integer.parseInt(port)), secret);
    } catch (ExecutionException | TimeoutException | IOException e) {
      System.err.println(e);
      System.exit(1);
    }
  }

  private static void visit(InetSocketAddress node, Secret secret)
      throws InterruptedException, ExecutionException, TimeoutException {
    try (LoadClients clients = new LoadClients(node, DATACENTER, 1)) {
      // Led to the cover, whose answer is no flight.
      clients.open(Hellos.classic(secret).withWrongDigest().build(), new Echo());
      List<CompletableFuture<?>> served = new ArrayList<>();
      for (Hellos hellos : List.of(Hellos.classic(secret), Hellos.hybrid(secret))) {
        served.add(talk(clients, hellos.build()));
        for (Bulk file : List.of(new Upload(FILE_BYTES), new Download(FILE_BYTES))) {
          clients.open(hellos.build(), file);
          served.add(file.done());
        }
      }
      CompletableFuture.allOf(served.toArray(CompletableFuture[]::new))
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private static CompletableFuture<Echo> talk(LoadClients clients, ClientHello hello) {
    Echo echo = new Echo();
    clients.open(hello, echo);
    CompletableFuture<Echo> talk = echo.first();
    for (int i = 0; i < MESSAGES; i++) {
      talk =
          talk.thenComposeAsync(
              Echo::send, CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    }
    return talk;
  }
}
