package io.doppelfleet.launcher.screen;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.state.Access;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The one screen that a node shows when it has started on a terminal.
 *
 * @param version of this build
 * @param listening the addresses that are listened on
 * @param cover the site for strangers
 * @param trial whether the cover is the one that we chose
 * @param state the state directory
 * @param metrics where Prometheus reads, null for nowhere
 * @param access the links; the first is shown with its code, if there is one
 * @param oddities sentences on what the operator should look at, as far as they are known
 */
public record Screen(
    String version,
    List<HostPort> listening,
    HostPort cover,
    boolean trial,
    Path state,
    @Nullable HostPort metrics,
    List<Access> access,
    List<String> oddities) {

  /** The words next to a cover that the operator didn't choose. */
  public static final String TRIAL = "trial: set proxy.cover";

  /** All lines. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append("Doppelfleet ").append(version).append("\n\n");
    String addresses = listening.stream().map(HostPort::toString).collect(Collectors.joining(", "));
    row(text, "listening", addresses);
    row(text, "cover", cover + (trial ? "  (" + TRIAL + ")" : ""));
    row(text, "state", state.toString());
    if (metrics != null) {
      row(text, "metrics", "http://" + metrics + "/metrics");
    }
    if (access.isEmpty()) {
      row(text, "secrets", "none yet: ./doppelfleet secret add NAME");
    } else {
      text.append('\n').append(links(access.getFirst()));
    }
    if (access.size() > 1) {
      text.append("\n  ").append(access.size() - 1).append(" more: ./doppelfleet access\n");
    }
    text.append('\n');
    oddities.forEach(oddity -> text.append(line(oddity)));
    return text.toString();
  }

  /** An oddity's line; those that are found out later stand under the others. */
  public static String line(String oddity) {
    return "  ! " + oddity + "\n";
  }

  /** One secret's name, links and code. */
  public static String links(Access access) {
    StringBuilder text = new StringBuilder();
    row(text, access.name(), access.link().tg());
    row(text, "", access.link().https());
    return text.append('\n').append(QrText.of(access.link().tg(), "  ")).toString();
  }

  private static void row(StringBuilder text, String label, String value) {
    text.append("  ").append(String.format("%-11s", label)).append(value).append('\n');
  }
}
