package io.doppelfleet.launcher.state;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Link;
import io.doppelfleet.fleet.NamedSecret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One secret's name and its link, as {@code access} shows it. The running node leaves them in a
 * file of its state directory.
 *
 * @param name the secret's name
 * @param link where it works
 */
public record Access(String name, Link link) {
  private static final String FILE = "access.txt";
  private static final String FORMAT = "# doppelfleet access 1";

  /** The links of these secrets at a server, in their order. */
  public static List<Access> of(HostPort server, List<NamedSecret> secrets) {
    return secrets.stream()
        .map(secret -> new Access(secret.name(), new Link(server, secret.secret())))
        .toList();
  }

  /** Where a node with this state directory leaves its links. */
  public static Path fileIn(Path state) {
    return state.resolve(FILE);
  }

  /** Where the links of one secret are left for who asked for them without a terminal. */
  public static Path fileIn(Path state, String name) {
    return state.resolve("access-" + name + ".txt");
  }

  /**
   * Leaves the links for {@link #read}, and for an operator without a terminal, in a file of mode
   * 0600.
   *
   * @throws StateException when the file can't be written
   */
  public static void write(Path file, List<Access> all) throws StateException {
    StringBuilder text = new StringBuilder(FORMAT).append('\n');
    for (Access access : all) {
      String name = access.name() + ' ';
      text.append(name).append(access.link().tg()).append('\n');
      text.append(name).append(access.link().https()).append('\n');
    }
    try {
      StateDirectory.write(file, text.toString());
    } catch (IOException e) {
      throw new StateException("the links can't be left in " + file, e);
    }
  }

  /**
   * Takes a file of links away, if it is there.
   *
   * @throws StateException when it can't be
   */
  public static void remove(Path file) throws StateException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new StateException(file + " can't be removed", e);
    }
  }

  /**
   * What the running, or the last, node left.
   *
   * @throws StateException when no node has run there or the file is spoilt
   */
  public static List<Access> read(Path state) throws StateException {
    Path file = fileIn(state);
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new StateException(
          "no node has run with the state directory " + state + ": start one with ./doppelfleet");
    } catch (IOException e) {
      throw new StateException("the links can't be read from " + file, e);
    }
    if (lines.isEmpty() || !lines.getFirst().equals(FORMAT)) {
      throw new StateException(
          file + " doesn't begin with \"" + FORMAT + "\": start the node anew");
    }
    List<Access> all = new ArrayList<>();
    for (int i = 1; i < lines.size(); i += 2) {
      try {
        all.add(parsed(lines.get(i)));
      } catch (IllegalArgumentException e) {
        throw new StateException(file + ": line " + (i + 1) + " is no link: start the node anew");
      }
    }
    return all;
  }

  private static Access parsed(String line) {
    int space = line.indexOf(' ');
    if (space < 1) {
      throw new IllegalArgumentException("no name and link");
    }
    return new Access(line.substring(0, space), Link.parse(line.substring(space + 1)));
  }
}
