package io.doppelfleet.bench.stealth.path;

import io.doppelfleet.bench.stealth.scene.Place;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * A network namespace that is some milliseconds away, and loses a packet now and then. Two TUN
 * devices, one here and one there, and between them a queue each way. Only root may have one.
 */
public final class FarNetwork implements AutoCloseable {
  private static final String HERE = "10.77.113.1";
  private static final String THERE = "10.77.113.2";

  /** Packets on their way: 60 MB, more than any window. */
  private static final int ON_THE_WAY = 40_000;

  private static final int DEVICE_QUEUE = 20_000;

  private final String name;
  private final Tun here;
  private final Tun there;
  private volatile long delayNanos;
  private volatile double loss;

  private FarNetwork(String name, Tun here, Tun there) {
    this.name = name;
    this.here = here;
    this.there = there;
  }

  /** Whether this process may make one. */
  public static boolean possible() {
    return "root".equals(System.getProperty("user.name")) && Files.exists(Path.of(Tun.DEVICE));
  }

  /** Makes one; at first it is near and loses nothing. */
  public static FarNetwork make() throws IOException, InterruptedException {
    String name = "doppel" + ProcessHandle.current().pid() % 100_000;
    String far = name + "f";
    Tun here = Tun.make(name);
    Tun there = Tun.make(far);
    FarNetwork network = new FarNetwork(name, here, there);
    ip("netns", "add", name);
    try {
      ip("link", "set", far, "netns", name);
      ip("address", "add", HERE, "peer", THERE, "dev", name);
      ip("link", "set", name, "up", "txqueuelen", Integer.toString(DEVICE_QUEUE));
      ip("-n", name, "address", "add", THERE, "peer", HERE, "dev", far);
      ip("-n", name, "link", "set", far, "up", "txqueuelen", Integer.toString(DEVICE_QUEUE));
      ip("-n", name, "link", "set", "lo", "up");
    } catch (IOException e) {
      network.close();
      throw e;
    }
    network.carry(here, there, 1);
    network.carry(there, here, 2);
    return network;
  }

  /** The far end. */
  public Place place() {
    return new Place(List.of("ip", "netns", "exec", name), InetAddress.ofLiteral(THERE));
  }

  /**
   * From now on it is so far away.
   *
   * @param roundTrip half of it each way
   * @param loss share of packets, each way
   */
  public void set(Duration roundTrip, double loss) {
    this.delayNanos = roundTrip.toNanos() / 2;
    this.loss = loss;
  }

  /**
   * A packet under way.
   *
   * @param due when it arrives, by {@link System#nanoTime}
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Packet(byte[] bytes, long due) {}

  private void carry(Tun from, Tun to, long seed) {
    BlockingQueue<Packet> underWay = new ArrayBlockingQueue<>(ON_THE_WAY);
    Thread.ofPlatform().daemon().start(() -> take(from, underWay, new SplittableRandom(seed)));
    Thread.ofPlatform().daemon().start(() -> give(to, underWay));
  }

  private void take(Tun from, BlockingQueue<Packet> underWay, SplittableRandom random) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment packet = arena.allocate(Tun.PACKET);
      MemorySegment state = Tun.state(arena);
      while (true) {
        int length = from.read(packet, state);
        if (random.nextDouble() < loss) {
          continue;
        }
        byte[] bytes = packet.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        // A full queue drops, as a router's does.
        boolean ignored = underWay.offer(new Packet(bytes, System.nanoTime() + delayNanos));
      }
    } catch (IOException e) {
      // The device is closed, and with it the network.
    }
  }

  private void give(Tun to, BlockingQueue<Packet> underWay) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(Tun.PACKET);
      MemorySegment state = Tun.state(arena);
      while (true) {
        Packet packet = underWay.take();
        for (long left = packet.due - System.nanoTime(); left > 0; ) {
          LockSupport.parkNanos(left);
          left = packet.due - System.nanoTime();
        }
        MemorySegment.copy(packet.bytes, 0, out, ValueLayout.JAVA_BYTE, 0, packet.bytes.length);
        to.write(out.asSlice(0, packet.bytes.length), state);
      }
    } catch (IOException e) {
      // The same.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void ip(String... words) throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of("ip"));
    line.addAll(List.of(words));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", line) + ": " + said.strip());
    }
  }

  /** Removes it; what runs there must have ended. */
  @Override
  public void close() throws IOException, InterruptedException {
    // A device that is gone ends who waits for its packets.
    ip("link", "delete", name);
    ip("-n", name, "link", "delete", name + "f");
    here.close();
    there.close();
    ip("netns", "delete", name);
  }
}
