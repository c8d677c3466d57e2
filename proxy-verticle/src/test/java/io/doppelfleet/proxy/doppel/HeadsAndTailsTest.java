package io.doppelfleet.proxy.doppel;

import static io.doppelfleet.proxy.doppel.ShaperTest.FULL_RECORD;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.proxy.doppel.PlayedPump.Arrival;
import io.doppelfleet.proxy.doppel.PlayedPump.Left;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How responses begin and end, as those of the covers that were met. */
final class HeadsAndTailsTest {
  /** Node.js over HTTP/2: head, body, and an empty frame that ends it. */
  private static final Traffic NODE_JS =
      new Traffic(
          "h2",
          FULL_RECORD,
          List.of(282, 282),
          List.of(response(282, 282, 84, 3_026, 26), response(282, 282, 84, 16_401, 9_000, 26)),
          List.of(response(35, 826, 26), response(35, 657, 26), response(35, 3_302, 26)));

  @Test
  void aRecordThatEndsEveryResponseEndsAMessageToo() {
    assertThat(sent(NODE_JS, Shaping.FULL, 3_000, 1_000, 40_000))
        .isEqualTo(
            List.of(
                List.of(282, 282, 84, 3_000 - 674, 26),
                List.of(35, 1_000 - 61, 26),
                List.of(35, FULL_RECORD, FULL_RECORD, 40_000 - 2 * FULL_RECORD - 61, 26)));
  }

  @Test
  void whatIsFullToTheLastByteStillHasItsEnd() {
    assertThat(sent(NODE_JS, Shaping.FULL, 3_000, 35 + 2 * FULL_RECORD).getLast())
        .containsExactly(35, FULL_RECORD, FULL_RECORD - 26, 26);
  }

  @Test
  void aMessageThatIsTooShortForItsEndHasNone() {
    assertThat(sent(NODE_JS, Shaping.FULL, 3_000, 43).getLast()).containsExactly(43);
    assertThat(sent(NODE_JS, Shaping.LIGHT, 3_000, 1_000).getLast()).containsExactly(35, 965);
  }

  @Test
  void whatIsLastOfAFewResponsesIsNoEnd() {
    Traffic traffic =
        new Traffic(
            "h2", FULL_RECORD, List.of(response(35, 40), response(35, 900), response(35, 700)));
    assertThat(sent(traffic, Shaping.FULL, 500).getFirst()).containsExactly(35, 465);
  }

  /** nginx over HTTP/2: what comes once, with a head that knows how long the body is. */
  @Test
  void theFirstOnAConnectionBeginsAsThoseOfItsLength() {
    List<Integer> film = new ArrayList<>(List.of(282, 282, 197));
    film.addAll(Collections.nCopies(20, FULL_RECORD));
    Traffic traffic =
        new Traffic(
            "h2",
            FULL_RECORD,
            List.of(282, 282, 185),
            List.of(
                response(282, 282, 185, 3_017),
                new Traffic.Response(film, Collections.nCopies(23, 0), 900_000)),
            List.of(response(3_120)));
    assertThat(sent(traffic, Shaping.FULL, 4_000).getFirst())
        .containsExactly(282, 282, 185, 4_000 - 749);
    assertThat(sent(traffic, Shaping.FULL, 300_000).getFirst()).startsWith(282, 282, 197);
    assertThat(sent(traffic, Shaping.FULL, 766).getFirst()).as("too short").containsExactly(766);
  }

  /** As nginx, which fills a buffer with two records and some bytes of a third. */
  @Test
  void whatComesRoundGoesOnComingRoundWhereverALookHadEnough() {
    for (int seen = 20; seen < 26; seen++) {
      List<Integer> sizes = new ArrayList<>(List.of(FULL_RECORD, FULL_RECORD, 186));
      for (int i = 0; sizes.size() < seen; i++) {
        sizes.add(i % 3 == 2 ? 53 : FULL_RECORD);
      }
      Traffic traffic =
          new Traffic(
              "h2",
              FULL_RECORD,
              List.of(
                  new Traffic.Response(sizes, Collections.nCopies(sizes.size(), 0), 9_000_000)));
      List<Integer> sent = sent(traffic, Shaping.FULL, 3_000_000).getFirst();
      for (int i = 3; i < sent.size() - 1; i++) {
        assertThat(sent.get(i)).as("%s of %s", i, seen).isEqualTo(i % 3 == 2 ? 53 : FULL_RECORD);
      }
    }
  }

  /** A redirection or an error may have none. */
  @Test
  void anAnswerWithoutABodyIsNotFollowed() {
    Traffic traffic =
        new Traffic(
            "h2",
            FULL_RECORD,
            List.of(
                response(63, 26),
                response(35, 826, 26),
                response(35, 657, 26),
                response(36, 900, 26)));
    assertThat(sent(traffic, Shaping.FULL, 200, 150))
        .isEqualTo(List.of(List.of(35, 139, 26), List.of(35, 89, 26)));
  }

  /** The records of each message. */
  private static List<List<Integer>> sent(Traffic traffic, Shaping shaping, int... messages) {
    Doppel doppel = new Doppel(ShaperTest.profile(traffic));
    PlayedPump pump = new PlayedPump(new Shaper(doppel, shaping, new Random(1)));
    List<List<Integer>> sent = new ArrayList<>();
    for (int message : messages) {
      int before = pump.left().size();
      pump.through(List.of(new Arrival(60_000, message, false, false)));
      sent.add(pump.left().subList(before, pump.left().size()).stream().map(Left::length).toList());
    }
    return sent;
  }

  private static Traffic.Response response(Integer... sizes) {
    long bytes = List.of(sizes).stream().mapToLong(Integer::longValue).sum();
    return new Traffic.Response(List.of(sizes), Collections.nCopies(sizes.length, 0), bytes);
  }
}
