package io.doppelfleet.control.store;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that opens a store and writes revision after revision, and says each number when it is
 * written.
 */
final class Writer implements AutoCloseable {
  private final Process process;
  private final BufferedReader said;
  private final Path errors;

  private Writer(Process process, Path errors) {
    this.process = process;
    this.said = process.inputReader(US_ASCII);
    this.errors = errors;
  }

  /**
   * How it ended by itself.
   *
   * @param told the last revision that it said to be written
   */
  record End(long told, String why) {}

  /** It runs: see {@link #next}. */
  static Writer start(Place place, String... before) throws Exception {
    List<String> command = new ArrayList<>(List.of(before));
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElseThrow(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Writer.class.getName(),
            place.url(),
            place.key().toString()));
    Path errors = place.key().resolveSibling("writer.log");
    return new Writer(
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.to(errors.toFile()))
            .start(),
        errors);
  }

  /** What it says next; empty when it has ended. */
  String next() throws Exception {
    String line = said.readLine();
    return line == null ? "" : line;
  }

  /** The revision that it writes next. */
  long written() throws Exception {
    String line = next();
    if (!isNumber(line)) {
      throw new AssertionError("the writer ended: " + line + Files.readString(errors));
    }
    return Long.parseLong(line);
  }

  /** Waits until it says why it ends. */
  End end(long told) throws Exception {
    long last = told;
    String line = next();
    while (isNumber(line)) {
      last = Long.parseLong(line);
      line = next();
    }
    if (line.isEmpty()) {
      throw new AssertionError("the writer ended without a word: " + Files.readString(errors));
    }
    return new End(last, line);
  }

  private static boolean isNumber(String line) {
    return !line.isEmpty() && Character.isDigit(line.charAt(0));
  }

  /** Kills it in the midst of what it does; all that it had said, which nobody has read yet. */
  List<String> kill() throws Exception {
    process.toHandle().destroyForcibly(); // Process.destroyForcibly would close what it said
    process.waitFor();
    List<String> rest = new ArrayList<>();
    for (String line = next(); !line.isEmpty(); line = next()) {
      rest.add(line);
    }
    return rest;
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /** The process: store's URL, key file. */
  public static void main(String[] arguments) throws Exception {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, US_ASCII);
    try (Store store = Place.open(arguments[0], Path.of(arguments[1]))) {
      while (true) {
        int number = (int) store.latest().revision();
        // Each revision ends one entity and adds two: a half of it would show.
        out.println(
            store
                .change(
                    new Edit("writer", "unix", "revision after " + number),
                    state ->
                        state
                            .without(Examples.ban(number - 1).kind(), Examples.ban(number - 1).id())
                            .with(Examples.ban(number))
                            .with(
                                Examples.secret(
                                    "user" + number % 7,
                                    Examples.generation(number, Examples.key(number)))))
                .revision());
      }
    } catch (StoreException e) {
      out.println(e.getMessage());
    }
  }
}
