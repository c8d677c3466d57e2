package io.doppelfleet.e2e.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.standin.cover.StandInCover;
import io.doppelfleet.standin.datacenter.StandInDatacenter;
import io.doppelfleet.standin.tcp.RawServer;
import io.vertx.core.Vertx;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./doppelfleet doctor} as an operator sees it. */
@Tag("waiting")
@Timeout(120)
class DoctorTest {
  @TempDir Path directory;

  @Test
  void aSiteIsExaminedInAScreenAndWhatSpeaksAgainstItIsSaid() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      StandInCover site =
          StandInCover.start(vertx, "cover.example", Duration.ofSeconds(30))
              .toCompletionStage()
              .toCompletableFuture()
              .get(30, TimeUnit.SECONDS);
      String cover = "127.0.0.1:" + site.address().getPort();
      try (Launched doctor = doctor("--cover", cover, "--name", "cover.example")) {
        assertThat(doctor.exitStatus()).as(doctor.err()).isZero();
        assertThat(doctor.out().lines().count()).isLessThan(25);
        assertThat(doctor.out())
            .startsWith("The cover " + cover + ", asked for cover.example\n")
            .contains("it is in this machine")
            .contains("TLS 1.3, TLS_AES_256_GCM_SHA384, X25519")
            .contains("1 encrypted record of ")
            .contains("http/1.1")
            .contains("not valid, until ")
            .contains("usable, but")
            .contains(
                "! it has a certificate that visitors of cover.example are warned of (nobody whom");
      }
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void aSiteThatCannotBeReachedIsNotUsable() throws Exception {
    String cover;
    try (RawServer gone = RawServer.start()) {
      cover = "127.0.0.1:" + gone.address().getPort();
    }
    try (Launched doctor = doctor("--cover", cover)) {
      assertThat(doctor.exitStatus()).isEqualTo(1);
      assertThat(doctor.out()).contains("not usable").contains("! it can't be reached");
    }
  }

  @Test
  void aNameWithoutAnAddressIsNotUsable() throws Exception {
    try (Launched doctor = doctor("--cover", "cover.invalid")) {
      assertThat(doctor.exitStatus()).isEqualTo(1);
      assertThat(doctor.out()).contains("cover.invalid:443").contains("its name has no address");
    }
  }

  @Test
  void aRunningNodeIsExaminedFromInsideAndWhatIsWrongIsSaid() throws Exception {
    try (StandInDatacenter datacenter = StandInDatacenter.start();
        RawServer cover = RawServer.start()) {
      int port;
      try (ServerSocket free = new ServerSocket(0)) {
        port = free.getLocalPort();
      }
      Map<String, String> environment = new HashMap<>();
      environment.put("DOPPELFLEET_PROXY_LISTEN", "127.0.0.1:" + port);
      environment.put("DOPPELFLEET_PROXY_COVER_HOST", "127.0.0.1");
      environment.put("DOPPELFLEET_PROXY_COVER_PORT", "" + cover.address().getPort());
      environment.put("DOPPELFLEET_CONTROL_LISTEN", "off");
      environment.put("DOPPELFLEET_CONTROL_STORE_URL", "jdbc:h2:file:" + directory.resolve("f"));
      for (int number = 1; number <= 5; number++) {
        environment.put(
            "DOPPELFLEET_PROXY_DATACENTERS_" + number,
            "127.0.0.1:" + (number == 4 ? 9 : datacenter.address().getPort()));
      }
      try (Launched node = Launched.node(directory, environment);
          Launched doctor = Launched.script(directory, environment, "doctor")) {
        assertThat(doctor.exitStatus()).as(doctor.err()).isEqualTo(1);
        assertThat(doctor.out())
            .contains("a node runs with " + directory.resolve("doppelfleet"))
            .contains("127.0.0.1:" + port + " takes connections")
            .containsPattern("data centre 2 +answers after")
            .containsPattern("data centre 4 +none")
            .contains("store          answers, at revision 1")
            .contains("\n  look at\n")
            .contains("! data centre 4 doesn't answer (")
            .doesNotContain("! data centre 2");
        assertThat(node.err()).doesNotContain("ERROR");
      }
    }
  }

  @Test
  void aWrongCommandLineExitsWith2() throws Exception {
    try (Launched doctor = doctor("--cover", "www.example.org:https")) {
      assertThat(doctor.exitStatus()).isEqualTo(2);
      assertThat(doctor.err())
          .contains("the port must be a number in 0..65535; HOST or HOST:PORT is right");
    }
    try (Launched doctor = doctor("--link", "tg://proxy?server=x&port=1&secret=ee")) {
      assertThat(doctor.exitStatus()).isEqualTo(2);
      assertThat(doctor.err())
          .contains("a link as an argument shows its secret")
          .doesNotContain("tg://");
    }
  }

  private Launched doctor(String... arguments) throws Exception {
    String[] all = new String[arguments.length + 1];
    all[0] = "doctor";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return Launched.script(directory, Map.of(), all);
  }
}
