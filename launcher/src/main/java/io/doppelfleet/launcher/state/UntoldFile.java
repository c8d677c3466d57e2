package io.doppelfleet.launcher.state;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.MessageJson;
import io.doppelfleet.fleet.TrafficReport;
import io.doppelfleet.proxy.state.TrafficReporter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What passed through this node and no control has confirmed yet: the file {@code untold} of its
 * state directory, of mode 0600, a line for each report in the form of {@link MessageJson}. There
 * is none while controls are told all.
 */
public final class UntoldFile implements TrafficReporter.Keeper {
  private final Path path;

  /** That of the node with this state directory. */
  public UntoldFile(Path state) {
    this.path = state.resolve("untold");
  }

  @Override
  public List<TrafficReport> read() throws IOException {
    List<TrafficReport> reports = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(path)) {
        FleetMessage message = MessageJson.read(line.getBytes(StandardCharsets.UTF_8));
        if (!(message instanceof TrafficReport report)) {
          throw new IOException(path + " has what is no report");
        }
        reports.add(report);
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (InvalidValueException e) {
      throw new IOException(path + " can't be used: " + e.getMessage(), e);
    }
    return reports;
  }

  @Override
  public void write(List<TrafficReport> reports) throws IOException {
    if (reports.isEmpty()) {
      Files.deleteIfExists(path);
      return;
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (TrafficReport report : reports) {
      text.writeBytes(MessageJson.write(report));
      text.write('\n');
    }
    StateDirectory.write(path, text.toByteArray());
  }
}
