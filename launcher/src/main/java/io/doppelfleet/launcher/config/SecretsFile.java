package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.NamedSecret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The section {@code secrets} of a file, whatever else that has: to be imported into a fleet. */
public final class SecretsFile {
  private SecretsFile() {}

  /**
   * Reads it.
   *
   * @throws ConfigurationException with every mistake, and where there is no secret
   */
  public static List<NamedSecret> read(Path file) throws ConfigurationException {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(file.toString(), "there is no such file");
    } catch (IOException e) {
      throw new ConfigurationException(file.toString(), "it can't be read as text");
    }
    FileSettings read = FileSettings.read(file.toString(), text);
    List<Mistake> mistakes = new ArrayList<>(read.mistakes);
    Settings settings = new Settings(mistakes);
    read.settings.stream()
        .filter(setting -> setting.path().startsWith(Option.SECRETS.path))
        .forEach(settings::addOfFile);
    List<NamedSecret> secrets = new SecretsReader(settings, new Values(settings, mistakes)).read();
    if (!mistakes.isEmpty()) {
      throw new ConfigurationException(mistakes);
    }
    if (secrets.isEmpty()) {
      throw new ConfigurationException(
          file.toString(), "it has no secrets: lines NAME: SECRET beneath secrets: are right");
    }
    return secrets;
  }
}
