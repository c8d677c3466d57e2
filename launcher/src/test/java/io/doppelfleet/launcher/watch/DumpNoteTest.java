package io.doppelfleet.launcher.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doppelfleet.proxy.Vitals;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DumpNoteTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00.5Z");

  @Test
  void itSaysWhatTheNodeDoesInOneLine() {
    Health health = new Health();
    health.serves(() -> HealthTest.vitals(true, 0));
    DumpNote note =
        new DumpNote(
            health, () -> HealthTest.vitals(true, 0), () -> "linked to a control, revision 7");
    assertThat(note.text(NOW))
        .isEqualTo(
            "at 2026-11-29T12:00:00Z not ready: draining; 12 connections of 9000: 10 clients, 1"
                + " strangers, 1 undecided; 1 loops, the worst: (0.250 s late, 34 bytes and 2 dials"
                + " wait); buffers 4096 bytes; the cover doesn't answer; data centres that don't"
                + " answer: 2 other; 1 upstreams of 3 down; linked to a control, revision 7");
  }

  @Test
  void ofManyLoopsItNamesTheWorst() {
    Vitals few = HealthTest.vitals(false, 0);
    Vitals many =
        new Vitals(
            false,
            0,
            1,
            false,
            0,
            0,
            0,
            Collections.nCopies(256, few.loops().getFirst()),
            0,
            false,
            List.of(),
            List.of(),
            0,
            0);
    assertThat(new DumpNote(new Health(), () -> many, () -> "").text(NOW))
        .contains("256 loops")
        .endsWith("; the cover answers; data centres answer")
        .hasSizeLessThan(800);
  }

  @Test
  void whoWaitsForTheEndHasItAsAName() throws Exception {
    CompletableFuture<String> end = new CompletableFuture<>();
    CompletableFuture<Boolean> named = new CompletableFuture<>();
    Health health = new Health();
    Thread waiting =
        Thread.ofPlatform()
            .name("main")
            .start(
                () -> {
                  try {
                    assertThat(new DumpNote(health, null, () -> "a control").await(end))
                        .isEqualTo("over");
                    assertThat(Thread.currentThread().getName()).isEqualTo("main");
                    named.complete(true);
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                });
    await().until(() -> waiting.getName().matches("main: at .*Z not ready: starting; a control"));
    health.serves();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> waiting.getName().matches("main: at .*Z ready; a control"));
    health.serves(
        () -> {
          throw new IllegalStateException("a test");
        });
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                waiting
                    .getName()
                    .equals("main: what it does can't be said: IllegalStateException"));
    end.complete("over");
    assertThat(named.get(20, TimeUnit.SECONDS)).isTrue();
  }
}
