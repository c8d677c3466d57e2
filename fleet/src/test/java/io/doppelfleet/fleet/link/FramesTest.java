package io.doppelfleet.fleet.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.LinkMessage;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static final LinkMessage BEAT = new LinkMessage.Beat();

  private final List<Object> received = new ArrayList<>();
  private final Frames frames =
      new Frames(
          new Frames.Receiver() {
            @Override
            public void link(LinkMessage message) {
              received.add(message);
            }

            @Override
            public void told(Buffer text) {
              received.add(text.toString());
            }

            @Override
            public void hellos(Buffer text) {
              received.add("hellos: " + text);
            }

            @Override
            public void leases(Buffer text) {
              received.add("leases: " + text);
            }

            @Override
            public void asked(int question, Buffer text) {
              received.add("question " + question + ": " + text);
            }

            @Override
            public void answered(int question, Buffer text) {
              received.add("answer " + question + ": " + text);
            }

            @Override
            public void broken(String why) {
              received.add("broken: " + why);
            }
          });

  @Property(tries = 50)
  void framesAreReadHoweverTheyAreCut(@ForAll @IntRange(min = 1, max = 200) int piece) {
    received.clear();
    Buffer all = Buffer.buffer();
    all.appendBuffer(Frames.of(BEAT)).appendBuffer(Frames.of(Buffer.buffer("{\"a\":1}")));
    all.appendBuffer(Frames.ofQuestion(7, Buffer.buffer("{}")));
    all.appendBuffer(Frames.ofAnswer(-1, Buffer.buffer())).appendBuffer(Frames.of(BEAT));
    all.appendBuffer(Frames.ofHellos(Buffer.buffer("{} ")));
    all.appendBuffer(Frames.ofLeases(Buffer.buffer("[]")));
    for (int at = 0; at < all.length(); at += piece) {
      frames.handle(all.slice(at, Math.min(at + piece, all.length())));
    }
    assertThat(received)
        .containsExactly(
            BEAT, "{\"a\":1}", "question 7: {}", "answer -1: ", BEAT, "hellos: {} ", "leases: []");
  }

  @Test
  void aFrameThatIsTooLongIsRefusedBeforeItComesAndNothingIsReadAfterIt() {
    frames.handle(Buffer.buffer().appendInt(Frames.LONGEST_AT_FIRST + 1));
    frames.handle(Frames.of(BEAT));
    assertThat(received)
        .containsExactly("broken: a frame says that it has 16385 bytes: 2 to 16384 are right");
  }

  @Test
  void oneOfTwoGigabytesAndMoreIsTooLong() {
    frames.allow(Frames.LONGEST_TO_NODE);
    frames.handle(Buffer.buffer().appendInt(-1));
    assertThat(received)
        .containsExactly(
            "broken: a frame says that it has 4294967295 bytes: 2 to 33554432 are right");
  }

  @Test
  void garbageIsToldOnce() {
    Buffer garbage = Buffer.buffer().appendInt(3).appendByte((byte) 1).appendString("{x");
    frames.handle(garbage.copy().appendBuffer(garbage));
    assertThat(received)
        .containsExactly(
            "broken: a message of the link isn't right: it is no JSON, or cut, or has a field"
                + " twice: see byte 1");
    received.clear();
    frames.handle(Frames.of(BEAT));
    assertThat(received).isEmpty();
  }

  @Test
  void aQuestionWithoutItsNumberIsCut() {
    frames.handle(Buffer.buffer().appendInt(4).appendByte((byte) 3).appendString("{x}"));
    assertThat(received).containsExactly("broken: a frame is cut");
  }

  @Test
  void anotherKindOfFrameIsNotGuessedAt() {
    frames.handle(Buffer.buffer().appendInt(3).appendByte((byte) 7).appendString("{}"));
    assertThat(received).containsExactly("broken: a frame is of kind 7: 1 to 6 is right");
  }
}
