package io.doppelfleet.launcher.screen;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.NamedSecret;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.launcher.state.Access;
import io.nayuki.qrcodegen.QrCode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private static final HostPort SERVER = new HostPort("203.0.113.10", 443);
  private static final NamedSecret ALICE =
      new NamedSecret("alice", Secret.of(new byte[16], "www.example.org"));
  private static final NamedSecret BOB =
      new NamedSecret("bob", Secret.of(new byte[16], "www.example.org"));

  @Test
  void saysAllThatAnOperatorNeedsAtTheStart() {
    String text =
        new Screen(
                "1.2",
                List.of(new HostPort("0.0.0.0", 443), new HostPort("::", 443)),
                new HostPort("www.example.org", 443),
                true,
                Path.of("/state"),
                new HostPort("127.0.0.1", 9143),
                Access.of(SERVER, List.of(ALICE, BOB)),
                List.of("one thing", "another"))
            .text();
    assertThat(text)
        .startsWith("Doppelfleet 1.2\n")
        .contains("listening  0.0.0.0:443, [::]:443\n")
        .contains("cover      www.example.org:443  (trial: set proxy.cover)\n")
        .contains("metrics    http://127.0.0.1:9143/metrics\n")
        .contains("alice      tg://proxy?server=203.0.113.10&port=443&secret=ee00")
        .contains("           https://t.me/proxy?server=203.0.113.10&port=443&secret=ee00")
        .contains("1 more: ./doppelfleet access\n")
        .doesNotContain("bob")
        .endsWith("\n  ! one thing\n  ! another\n");
  }

  @Test
  void whereAllIsWellItIsOneScreenThatEndsWithTheCodeAndSaysNothingOdd() {
    Screen screen = lone();
    String text = screen.text();
    assertThat(text)
        .doesNotContain("trial", "metrics", "more:", "!", "none yet")
        .endsWith("\n" + QrText.of(screen.access().getFirst().link().tg(), "  ") + "\n");
    assertThat(text.lines()).hasSizeLessThan(40).allMatch(line -> width(line) <= 132);
  }

  @Test
  void theCodeHasEachModuleOfTheTextAndAMargin() {
    String link = Access.of(SERVER, List.of(ALICE)).getFirst().link().tg();
    QrCode code = QrCode.encodeText(link, QrCode.Ecc.LOW);
    List<String> lines =
        QrText.of(link, "").lines().map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "")).toList();
    assertThat(lines).hasSize((code.size + 2 * 2 + 1) / 2);
    for (int y = -2; y < code.size + 2; y++) {
      for (int x = -2; x < code.size + 2; x++) {
        char block = lines.get((y + 2) / 2).charAt(x + 2);
        boolean dark = block == '\u2588' || block == ((y & 1) == 0 ? '\u2580' : '\u2584');
        assertThat(dark).as("module %d,%d", x, y).isEqualTo(code.getModule(x, y));
      }
    }
  }

  private static Screen lone() {
    return new Screen(
        "1.2",
        List.of(SERVER),
        new HostPort("www.example.org", 443),
        false,
        Path.of("/state"),
        null,
        Access.of(SERVER, List.of(ALICE)),
        List.of());
  }

  private static int width(String line) {
    return line.replaceAll("\u001b\\[[0-9;]*m", "").length();
  }
}
