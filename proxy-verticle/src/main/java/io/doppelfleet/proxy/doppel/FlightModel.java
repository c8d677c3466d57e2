package io.doppelfleet.proxy.doppel;

import io.doppelfleet.proxy.hello.HelloKind;
import java.util.List;

/**
 * How the cover answers hellos of one kind for one of its names.
 *
 * @param host the name that they ask for: another one may have another certificate, of another
 *     length
 * @param kind of the hellos
 * @param hybrid whether these hellos carry a share of X25519MLKEM768
 * @param suite that it chose, {@code 0x1301} to {@code 0x1303}
 * @param group that it chose (NamedGroup)
 * @param extensions types of the ServerHello's extensions, in their order
 * @param answers what was seen, the newest last; at least one
 */
public record FlightModel(
    String host,
    HelloKind kind,
    boolean hybrid,
    int suite,
    int group,
    List<Integer> extensions,
    List<Answer> answers) {

  private static final int SUPPORTED_VERSIONS = 43;
  private static final int KEY_SHARE = 51;

  /** Copies the lists. */
  public FlightModel {
    extensions = List.copyOf(extensions);
    answers = List.copyOf(answers);
  }

  /** Whether the ServerHello begins with key_share, as BoringSSL's; OpenSSL's and Go's don't. */
  public boolean keyShareFirst() {
    int share = extensions.indexOf(KEY_SHARE);
    return share >= 0 && share < extensions.indexOf(SUPPORTED_VERSIONS);
  }

  /**
   * One answer.
   *
   * @param sealed payload lengths, in bytes, of the encrypted records of the flight
   * @param delayMicros from the hello's last byte to the ServerHello's first, seen from this node
   */
  public record Answer(List<Integer> sealed, int delayMicros) {
    /** Copies the list. */
    public Answer {
      sealed = List.copyOf(sealed);
    }

    /** The payload of one record that takes as many bytes on the wire as these records do. */
    public int joined() {
      int all = 5 * (sealed.size() - 1);
      for (int each : sealed) {
        all += each;
      }
      return all;
    }
  }
}
