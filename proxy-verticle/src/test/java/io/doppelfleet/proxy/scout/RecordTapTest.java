package io.doppelfleet.proxy.scout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class RecordTapTest {
  /** Two tickets, settings and headers in one record, and a body. */
  private static final byte[] STREAM = Served.join(Served.ccs(), Served.sealed(250, 251, 400, 900));

  @Test
  void whatComesBeforeTheRecordOfTheFirstAnswerIsNoPartOfIt() throws Exception {
    try (RecordTap tap = tap(STREAM)) {
      tap.mark();
      library(tap, 4); // up to the headers, though all has come
      tap.answerBegins();
      library(tap, 1);
      assertThat(tap.unasked()).containsExactly(250, 251);
      assertThat(tap.answer().sizes()).containsExactly(400, 900);
      assertThat(tap.answer().bytes()).isEqualTo(1_300);
      assertThat(tap.answer().gapsMicros()).hasSize(2).last().isEqualTo(0);
    }
  }

  @Test
  void ofALaterRequestAllIsTheAnswer() throws Exception {
    InputStream both =
        new SequenceInputStream(
            new ByteArrayInputStream(STREAM), new ByteArrayInputStream(Served.sealed(77, 88)));
    try (RecordTap tap = new RecordTap(new Socket(), both, inAMinute())) {
      tap.mark();
      library(tap, 4);
      tap.answerBegins();
      library(tap, 1);
      tap.mark();
      library(tap, 1);
      tap.answerBegins();
      library(tap, 1);
      assertThat(tap.unasked()).isEmpty();
      assertThat(tap.answer().sizes()).containsExactly(77, 88);
    }
  }

  private static RecordTap tap(byte[] stream) {
    return new RecordTap(new Socket(), new ByteArrayInputStream(stream), inAMinute());
  }

  private static long inAMinute() {
    return System.nanoTime() + 60_000_000_000L;
  }

  /** As a library reads: a header, then what it says. */
  private static void library(RecordTap tap, int records) throws Exception {
    for (int i = 0; i < records; i++) {
      byte[] header = tap.readNBytes(5);
      tap.readNBytes(((header[3] & 0xff) << 8) | (header[4] & 0xff));
    }
  }
}
