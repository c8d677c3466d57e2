package io.doppelfleet.bench.measure;

import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.ClientKeys;
import io.doppelfleet.standin.client.Hellos;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/** Secrets of one host name, the same in every run. */
public record Secrets(List<NamedSecret> all) {
  /** All of them have it, so that the SNI tells a node nothing. */
  private static final String HOST = "www.example.org";

  private static final long SEED = 25;

  /** So many. */
  public static Secrets of(int count) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<NamedSecret> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      byte[] key = new byte[Secret.KEY_LENGTH];
      random.nextBytes(key);
      all.add(new NamedSecret("user" + i, Secret.of(key, HOST)));
    }
    return new Secrets(List.copyOf(all));
  }

  /** Hellos, each of a secret drawn at random, all with the same key shares. For one thread. */
  public Supplier<ClientHello> hellos(Function<Secret, Hellos> shape) {
    ClientKeys keys = ClientKeys.generate();
    SplittableRandom random = new SplittableRandom(SEED);
    return () -> shape.apply(all.get(random.nextInt(all.size())).secret()).withKeys(keys).build();
  }
}
