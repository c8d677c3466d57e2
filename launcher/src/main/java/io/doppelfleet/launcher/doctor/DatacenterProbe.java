package io.doppelfleet.launcher.doctor;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.datacenter.Datacenters;
import io.doppelfleet.proxy.datacenter.PqQuestion;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Asks data centres as a node's clients would, with no proxy between. */
final class DatacenterProbe {
  private static final int DATACENTERS = 5;
  private static final byte[] NO_SECRET = {};

  private DatacenterProbe() {}

  /** All of them at once; blocks for twenty seconds at the worst. */
  static List<Check> all(Datacenters datacenters) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Check>> asked =
          IntStream.rangeClosed(1, DATACENTERS)
              .mapToObj(number -> threads.submit(() -> one(datacenters, number)))
              .toList();
      return asked.stream().map(DatacenterProbe::result).toList();
    }
  }

  private static Check result(Future<Check> asked) {
    try {
      return asked.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Check one(Datacenters datacenters, int number) {
    String label = "data centre " + number;
    String why = "it has no address";
    for (InetSocketAddress address : datacenters.of(number)) {
      long begin = System.nanoTime();
      try (RawSocket socket = RawSocket.connect(address)) {
        if (answers(socket, number)) {
          long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
          return Check.well(label, "answers after " + millis + " ms");
        }
        why = written(address) + " answers what no data centre does";
      } catch (IOException e) {
        why = written(address) + ": " + e.getMessage();
      }
    }
    return Check.wrong(
        label,
        "none",
        label
            + " doesn't answer ("
            + why
            + "): does a firewall or provider block Telegram here? proxy.datacenters may say"
            + " another way");
  }

  private static HostPort written(InetSocketAddress address) {
    return new HostPort(address.getHostString(), address.getPort());
  }

  private static boolean answers(RawSocket socket, int number) throws IOException {
    SecureRandom random = new SecureRandom();
    PqQuestion question = new PqQuestion(random, System.currentTimeMillis() / 1000);
    Obfuscated2 stream =
        Obfuscated2.open(NO_SECRET, Obfuscated2.PADDED_INTERMEDIATE, number, random);
    byte[] frame = question.frame();
    stream.encrypt(frame, 0, frame.length);
    socket.send(stream.header());
    socket.send(frame);
    byte[] begin = heard(socket, stream, PqQuestion.LENGTH_BYTES);
    int length = begin.length < PqQuestion.LENGTH_BYTES ? -1 : PqQuestion.length(begin);
    return length > 0 && question.isAnsweredBy(heard(socket, stream, length));
  }

  private static byte[] heard(RawSocket socket, Obfuscated2 stream, int length) throws IOException {
    byte[] bytes = socket.read(length);
    stream.decrypt(bytes, 0, bytes.length);
    return bytes;
  }
}
