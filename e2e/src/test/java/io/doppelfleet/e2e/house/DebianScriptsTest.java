package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the Debian package's scripts ask of systemd, which a test plays, in a root of its own. */
@Timeout(60)
final class DebianScriptsTest {
  private static final Path SCRIPTS = Launched.SCRIPT.resolveSibling("packaging/debian");
  private static final String STOP = "stop doppelfleet.service";
  private static final String START = "start doppelfleet.service";

  @TempDir Path directory;
  private Path asked;
  private Path state;

  @BeforeEach
  void make() throws Exception {
    Files.createDirectories(directory.resolve("run/systemd/system"));
    Files.createDirectories(directory.resolve("var/lib/doppelfleet"));
    Files.createDirectories(directory.resolve("etc/systemd/system/multi-user.target.wants"));
    asked = directory.resolve("asked");
    state = Files.writeString(directory.resolve("state"), "active");
    program("systemd-sysusers", "");
    program(
        "systemctl",
        """
        case $1 in
          is-active) cat %s; exit ;;
        esac
        echo "$*" >> %s
        """
            .formatted(state, asked));
  }

  private void program(String name, String script) throws IOException {
    Path path = Files.createDirectories(directory.resolve("bin")).resolve(name);
    Files.writeString(path, "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
  }

  /** What was asked, but for what is asked each time. */
  private List<String> run(String script, String... arguments) throws Exception {
    Path own = directory.resolve(script);
    Files.writeString(
        own,
        Files.readString(SCRIPTS.resolve(script))
            .replaceAll("(?<= )/(run|etc|var)/", directory + "/$1/"));
    Files.writeString(asked, "");
    List<String> command = new ArrayList<>(List.of("sh", own.toString()));
    command.addAll(List.of(arguments));
    String path = directory.resolve("bin") + ":/usr/bin:/bin";
    try (Launched launched = Launched.command(directory, Map.of("PATH", path), command)) {
      assertThat(launched.exitStatus()).as(launched.err()).isZero();
    }
    return Files.readAllLines(asked).stream()
        .filter(each -> !each.equals("daemon-reload"))
        .toList();
  }

  @Test
  void itStartsNothingWhenItIsNew() throws Exception {
    assertThat(run("postinst", "configure")).isEmpty();
  }

  @Test
  void anUpgradeStartsWhatRanAlsoWhereItFails() throws Exception {
    for (String end : List.of("configure", "abort-upgrade")) {
      assertThat(run("prerm", "upgrade", "2")).containsExactly(STOP);
      assertThat(run("postinst", end, "1")).as(end).containsExactly(START);
      assertThat(run("postinst", end, "1")).as("once").isEmpty();
    }
  }

  @Test
  void whatWasStoppedStaysSo() throws Exception {
    Files.writeString(state, "inactive");
    run("prerm", "upgrade", "2");
    assertThat(run("postinst", "configure", "1")).isEmpty();
  }

  @Test
  void aNodeThatDoesNotStartLeavesThePackageWhole() throws Exception {
    run("prerm", "upgrade", "2");
    program("systemctl", "[ \"$1\" != start ]");
    run("postinst", "configure", "1");
  }

  @Test
  void whatIsRemovedIsStartedByNothingAndItsStateGoesWithPurgeAlone() throws Exception {
    Path link =
        Files.createSymbolicLink(
            directory.resolve("etc/systemd/system/multi-user.target.wants/doppelfleet.service"),
            Path.of("/usr/lib/systemd/system/doppelfleet.service"));
    assertThat(run("prerm", "remove")).containsExactly(STOP);
    run("postrm", "remove");
    assertThat(Files.isSymbolicLink(link)).isFalse();
    assertThat(directory.resolve("var/lib/doppelfleet")).exists();
    assertThat(run("postinst", "configure")).as("and installed again").isEmpty();
    run("postrm", "purge");
    assertThat(directory.resolve("var/lib/doppelfleet")).doesNotExist();
  }
}
