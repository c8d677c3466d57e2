package io.doppelfleet.control.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.doppelfleet.control.store.StoreException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Of which drains the audit log has an entry already. */
final class DrainsTest {
  private final Drains drains = new Drains();
  private int noted;

  private boolean begins(long node, long link, String author) throws StoreException {
    int before = noted;
    drains.begins(node, link, author, () -> noted++);
    return noted > before;
  }

  private boolean ends(long node, long link, String author, boolean told) throws StoreException {
    int before = noted;
    drains.ends(node, link, author, told, () -> noted++);
    return noted > before;
  }

  @Test
  void whoSaysItAgainIsKnownAndNotWhoElseSaysItNorOfTheProcessThatComesNext() throws Exception {
    assertThat(begins(1, 7, "anna")).isTrue();
    assertThat(begins(1, 7, "anna")).isFalse();
    assertThat(begins(2, 7, "anna")).isTrue();
    assertThat(begins(1, 7, "bert")).isTrue();
    assertThat(begins(1, 7, "anna")).isFalse(); // two in turn fill the log no more than one
    assertThat(begins(1, 8, "bert")).isTrue();
    assertThat(begins(1, 8, "anna")).isTrue();
    drains.forget(1);
    assertThat(begins(1, 8, "bert")).isTrue();
  }

  @Test
  void thatANodeWasNotToldIsNotedOnceAndThatItWasAfterAll() throws Exception {
    begins(1, 7, "anna");
    assertThat(ends(1, 7, "anna", true)).isFalse(); // as was noted
    assertThat(ends(1, 7, "anna", false)).isTrue();
    assertThat(begins(1, 7, "anna")).isFalse();
    assertThat(ends(1, 7, "anna", false)).isFalse();
    assertThat(ends(1, 7, "anna", true)).isTrue();
    assertThat(ends(1, 8, "anna", false)).isFalse(); // another process
  }

  @Test
  void whatCouldNotBeNotedIsNotedByWhoSaysItAgain() throws Exception {
    assertThatIllegalStateException()
        .isThrownBy(() -> drains.begins(1, 7, "anna", DrainsTest::fail));
    assertThat(begins(1, 7, "anna")).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(() -> drains.ends(1, 7, "anna", false, DrainsTest::fail));
    assertThat(ends(1, 7, "anna", false)).isTrue();
  }

  @Test
  void aNoteThatTheStoreDoesNotTakeYetHoldsUpThoseOfItsNodeAlone() throws Exception {
    CompletableFuture<Void> asked = new CompletableFuture<>();
    CompletableFuture<Void> answer = new CompletableFuture<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Void> first =
          threads.submit(
              () -> {
                drains.begins(
                    1,
                    7,
                    "anna",
                    () -> {
                      asked.complete(null);
                      answer.join();
                    });
                return null;
              });
      asked.get(10, TimeUnit.SECONDS);
      Future<Void> again =
          threads.submit(
              () -> {
                drains.begins(1, 7, "anna", DrainsTest::fail); // it is in the log by then
                return null;
              });
      try {
        assertThat(threads.submit(() -> begins(2, 7, "anna")).get(10, TimeUnit.SECONDS)).isTrue();
      } finally {
        answer.complete(null);
      }
      first.get(10, TimeUnit.SECONDS);
      again.get(10, TimeUnit.SECONDS);
    }
  }

  private static void fail() {
    throw new IllegalStateException("the store can't be reached");
  }
}
