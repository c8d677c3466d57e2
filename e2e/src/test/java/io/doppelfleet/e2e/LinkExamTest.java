package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Link;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.launcher.doctor.Doctor;
import io.doppelfleet.launcher.doctor.LinkExam;
import io.doppelfleet.proxy.doppel.Shaping;
import io.doppelfleet.standin.cover.StandInCover;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of a link that it follows through a node. */
@Tag("waiting")
@Timeout(120)
final class LinkExamTest {
  private static final HostPort LOOPBACK = new HostPort("127.0.0.1", 0);

  @TempDir Path directory;
  private final Vertx vertx = Vertx.vertx();
  private ClientNode node;

  @BeforeEach
  void start() throws Exception {
    StandInCover cover =
        TestNode.await(StandInCover.start(vertx, "cover.example", Duration.ofSeconds(30)));
    node =
        new ClientNode(
            directory, Shaping.FULL, cover.address(), () -> TestNode.await(vertx.close()));
  }

  @AfterEach
  void end() throws Exception {
    node.close();
  }

  private Doctor examined(Secret secret) {
    return LinkExam.examine(new Link(new HostPort(LOOPBACK.host(), node.port()), secret));
  }

  @Test
  void aLinkThatWorksIsFollowedToEachDataCentre() {
    Doctor exam = examined(ClientNode.SECRET);
    assertThat(exam.usable()).as(exam.text()).isTrue();
    assertThat(exam.text())
        .contains("handshake      the node knows the secret")
        .contains("data centre 1  answers", "data centre 5  answers")
        .endsWith("\n  works\n");
    assertThat(node.datacenter.arrivals()).hasSize(5);
  }

  @Test
  void aWrongSecretMeetsTheCoverAndThatIsSaid() {
    Doctor exam = examined(Secret.of(new byte[Secret.KEY_LENGTH], "cover.example"));
    assertThat(exam.usable()).isFalse();
    assertThat(exam.text())
        .contains("doesn't work\n  ! the cover answers instead: the secret is wrong, was revoked");
  }

  @Test
  void dataCentresThatCannotBeReachedAreToldFromANodeThatCannot() {
    node.datacenter.stopListening();
    Doctor exam = examined(ClientNode.SECRET);
    assertThat(exam.usable()).isFalse();
    assertThat(exam.text())
        .contains("doesn't work")
        .contains("! the node gives the connection up on the way to data centre 2")
        .contains("the node can't reach it");
  }

  @Test
  void aClosedPortIsSaid() {
    Doctor exam = LinkExam.examine(new Link(new HostPort("127.0.0.1", 9), ClientNode.SECRET));
    assertThat(exam.usable()).isFalse();
    assertThat(exam.text()).contains("! the port is closed: 127.0.0.1:9 refuses");
  }
}
