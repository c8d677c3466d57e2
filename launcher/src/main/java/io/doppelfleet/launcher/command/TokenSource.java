package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.screen.Terminal;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a token comes from: never from an argument, which every user's {@code ps} shows. */
final class TokenSource {
  /** Far longer than any. */
  private static final int LONGEST = 1024;

  private static final Path STANDARD_INPUT = Path.of("-");

  private TokenSource() {}

  /**
   * Reads it.
   *
   * @param file - for standard input; null: it is asked for on the terminal, unseen
   * @throws CommandException when there is none, or others could have read it; its words don't
   *     repeat what there is
   */
  static String read(@Nullable Path file) throws CommandException {
    if (file == null) {
      return checked(asked(), "what was typed");
    }
    try (InputStream in = file.equals(STANDARD_INPUT) ? System.in : opened(file)) {
      String where = file.equals(STANDARD_INPUT) ? "standard input" : file.toString();
      return checked(new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8), where);
    } catch (IOException e) {
      throw CommandException.wrong("--token-file " + file + " can't be read: " + e.getMessage());
    }
  }

  /** A pipe, as shells make one of a command, has no reader but who was given it. */
  private static InputStream opened(Path file) throws IOException, CommandException {
    try {
      if (Files.isRegularFile(file)) {
        StateDirectory.refuseOthers(file);
      }
    } catch (StateException e) {
      throw CommandException.wrong("--token-file " + e.getMessage());
    }
    return Files.newInputStream(file);
  }

  private static String asked() throws CommandException {
    Console console = Terminal.console().orElse(null);
    if (console == null) {
      throw CommandException.wrong(
          "the token is missing: --token-file FILE, or - for standard input, is right");
    }
    char[] typed = console.readPassword("token: ");
    return typed == null ? "" : new String(typed);
  }

  private static String checked(String text, String where) throws CommandException {
    String token = text.strip();
    if (!token.matches("[!-~]{1,512}")) {
      throw CommandException.wrong(where + " has no token: one line of token add is right");
    }
    return token;
  }
}
