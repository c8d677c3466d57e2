package io.doppelfleet.launcher.state;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.proxy.link.NodeIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Who a node with a control elsewhere is: the file {@code node} of its state directory, mode 0600.
 * Its lines are {@code doppelfleet-node 1}, then a word and its value each, bytes in hex.
 */
public final class IdentityFile {
  private static final String FILE = "node";
  private static final String FORMAT = "doppelfleet-node 1";
  private static final String NEWER = "doppelfleet-node ([2-9]|[1-9][0-9]{1,5})";
  private static final int SEAL_LENGTH = 32;

  private final Path path;

  /** That of the node with this state directory. */
  public IdentityFile(Path state) {
    this.path = state.resolve(FILE);
  }

  /** Whether this machine has joined a fleet. */
  public boolean exists() {
    return Files.exists(path);
  }

  /**
   * What is in it.
   *
   * @throws StateException when the machine hasn't joined, or the file is spoilt or open to others
   */
  public NodeIdentity read() throws StateException {
    List<String> lines;
    try {
      StateDirectory.refuseOthers(path);
      lines = Files.readString(path, StandardCharsets.ISO_8859_1).lines().toList();
    } catch (NoSuchFileException e) {
      throw new StateException(
          "this machine has not joined a fleet: run ./doppelfleet node add NAME where the control"
              + " is, and here what it prints");
    } catch (IOException e) {
      throw new StateException(path + " can't be read", e);
    }
    if (!lines.isEmpty() && lines.getFirst().matches(NEWER)) {
      throw new StateException(
          path + " is of a newer version (" + lines.getFirst() + "): run that version here");
    }
    if (lines.isEmpty() || !lines.getFirst().equals(FORMAT)) {
      throw spoilt("doesn't begin with \"" + FORMAT + "\"");
    }
    Map<String, String> values = new HashMap<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] words = line.split(" ", 2);
      values.put(words[0], words.length < 2 ? "" : words[1]);
    }
    NodeIdentity identity =
        new NodeIdentity(
            text(values, "name"),
            text(values, "sender"),
            control(values),
            octets(values, "key"),
            octets(values, "certificate"),
            octets(values, "authority"),
            octets(values, "states"),
            octets(values, "seal"));
    if (!values.isEmpty() || identity.seal().length() != SEAL_LENGTH) {
      throw spoilt("has a line more, or one of another length");
    }
    return identity;
  }

  private String text(Map<String, String> values, String word) throws StateException {
    String value = values.remove(word);
    if (value == null) {
      throw spoilt("has no line \"" + word + "\"");
    }
    return value;
  }

  private HostPort control(Map<String, String> values) throws StateException {
    try {
      return HostPort.parse(text(values, "control"));
    } catch (IllegalArgumentException e) {
      throw spoilt("has no HOST:PORT after \"control\"");
    }
  }

  private Octets octets(Map<String, String> values, String word) throws StateException {
    try {
      return Octets.of(HexFormat.of().parseHex(text(values, word)));
    } catch (IllegalArgumentException e) { // its words quote what is secret
      throw spoilt("has no hex after \"" + word + "\"");
    }
  }

  private StateException spoilt(String how) {
    return new StateException(
        path + " " + how + ": put it back from a copy, or remove the node and join anew");
  }

  /**
   * Keeps an identity, at once or not at all.
   *
   * @throws StateException when it can't be written
   */
  public void write(NodeIdentity identity) throws StateException {
    try {
      StateDirectory.write(
          path,
          String.join(
              "\n",
              FORMAT,
              "name " + identity.name(),
              "sender " + identity.sender(),
              "control " + identity.control(),
              "key " + identity.key().toHex(),
              "certificate " + identity.certificate().toHex(),
              "authority " + identity.authority().toHex(),
              "states " + identity.states().toHex(),
              "seal " + identity.seal().toHex(),
              ""));
    } catch (IOException e) {
      throw new StateException("who this node is can't be kept in " + path, e);
    }
  }
}
