package io.doppelfleet.proxy.list;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.proxy.address.ListGate;
import io.doppelfleet.proxy.list.ListServer.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists from a real server, through what goes wrong with it and with the disk. */
@Timeout(60)
final class FollowedListTest {
  @TempDir Path state;
  private final TestClock clock = new TestClock();
  private final List<Lists> opened = new ArrayList<>();
  private ListServer server;

  @BeforeEach
  void serve() throws Exception {
    server = new ListServer();
  }

  @AfterEach
  void end() {
    opened.forEach(Lists::close);
    server.close();
  }

  private ListOptions web(String name, PrefixList.Use use, String path) {
    return new ListOptions(
        name,
        use,
        new ListOptions.Place.Web(server.url(path)),
        Duration.ofHours(1),
        Set.of(),
        Set.of());
  }

  private Lists lists(Budget budget, ListOptions... options) throws IOException {
    Lists lists = Lists.open(List.of(options), state, budget, clock);
    opened.add(lists);
    return lists;
  }

  private FollowedList open(ListOptions options) throws IOException {
    return lists(new Budget(Budget.MOST), options).all().getFirst();
  }

  private FollowedList denying() throws IOException {
    return open(web("web", PrefixList.Use.REFUSE, "/list"));
  }

  private FollowedList allowing() throws IOException {
    return open(web("web", PrefixList.Use.ALLOW, "/list"));
  }

  private static boolean refuses(FollowedList list, String address) {
    AddressBits bits = AddressBits.of(InetAddress.ofLiteral(address));
    return new ListGate(List.of(list.addresses())).refuse(bits.high(), bits.low());
  }

  @Test
  void aListIsFetchedBeforeTheStartIsOverAndThenOnlyIfItHasChanged() throws Exception {
    FollowedList list = denying();
    assertThat(list.prefixes()).isEqualTo(2);
    assertThat(refuses(list, "5.6.7.8")).isTrue();
    assertThat(refuses(list, "2a00::1")).isTrue();
    assertThat(refuses(list, "5.6.8.8")).isFalse();
    assertThat(list.hits()).isEqualTo(2);
    clock.pass(Duration.ofSeconds(40));
    assertThat(list.age()).isEqualTo(40);
    assertThat(list.check()).isFalse();
    assertThat(list.age()).isZero();
    server.answer = Answer.OTHER;
    assertThat(list.check()).isTrue();
    assertThat(refuses(list, "5.6.7.8")).isFalse();
    assertThat(refuses(list, "5.6.8.8")).isTrue();
    String modified = "Sat, 28 Nov 2026 12:00:00 GMT";
    assertThat(server.asked)
        .containsExactly("null null", "\"GOOD\" " + modified, "\"GOOD\" " + modified);
    assertThat(list.failures()).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"GOOD", "SAME", "OTHER", "NONE"})
  void whatIsBrokenNeverReplacesAGoodOne(Answer broken) throws Exception {
    FollowedList list = denying();
    server.answer = broken;
    assertThat(list.check()).isFalse();
    assertThat(list.failures()).isEqualTo(1);
    assertThat(list.lastFailure()).isPositive();
    assertThat(list.pause()).isLessThan(Duration.ofMinutes(1));
    assertThat(list.prefixes()).isEqualTo(2);
    assertThat(denying().prefixes()).as("on disk").isEqualTo(2);
    server.answer = Answer.OTHER;
    assertThat(list.check()).isTrue();
    assertThat(list.pause()).isGreaterThanOrEqualTo(Duration.ofHours(1));
    try (Stream<Path> files = Files.list(state.resolve("lists"))) {
      assertThat(files).as("nothing but the list").containsExactly(state.resolve("lists/web"));
    }
  }

  @Test
  void theSameAddressesAreNoOtherList() throws Exception {
    FollowedList list = denying();
    server.answer = Answer.SAME;
    assertThat(list.check()).isFalse();
    assertThat(list.check()).isFalse();
    assertThat(server.asked).last().asString().startsWith("\"SAME\"");
    assertThat(list.failures()).isZero();
  }

  @Test
  void whatWasKeptIsThereAtTheStartThoughTheServerIsNotAndIsAskedForNoMore() throws Exception {
    denying();
    server.answer = Answer.ERROR;
    FollowedList later = denying();
    assertThat(later.prefixes()).isEqualTo(2);
    assertThat(later.check()).isFalse();
    server.answer = Answer.GOOD;
    assertThat(later.check()).isFalse();
    assertThat(server.asked).last().asString().startsWith("\"GOOD\"");
    assertThat(later.failures()).isEqualTo(1);
  }

  @Test
  void ofAnotherPlaceOrFormatNothingIsKept() throws Exception {
    denying();
    server.answer = Answer.ERROR;
    Path kept = state.resolve("lists/web");
    assertThat(Files.readString(kept)).doesNotContain("127.0.0.1").contains("\n5.6.7.0/24\n");
    assertThat(open(web("web", PrefixList.Use.REFUSE, "/another")).prefixes()).isZero();
    Files.writeString(kept, Files.readString(kept).replace("list 1\n", "list 2\n"));
    assertThat(denying().prefixes()).isZero();
  }

  @Test
  void anAllowListThatIsNotThereYetLetsNobodyInAndIsAsOldAsTheNode() throws Exception {
    server.answer = Answer.ERROR;
    FollowedList list = allowing();
    assertThat(refuses(list, "5.6.7.8")).isTrue();
    clock.pass(Duration.ofDays(2));
    assertThat(list.age()).isEqualTo(172_800);
    server.answer = Answer.GOOD;
    assertThat(list.check()).isTrue();
    assertThat(refuses(list, "5.6.7.8")).isFalse();
    assertThat(refuses(list, "5.6.8.8")).isTrue();
  }

  @Test
  void whatIsLostOnDiskIsKeptAgainThoughTheServerSaysThatNothingHasChanged() throws Exception {
    FollowedList list = denying();
    Files.delete(state.resolve("lists/web"));
    assertThat(list.check()).isFalse();
    server.answer = Answer.ERROR;
    assertThat(denying().prefixes()).isEqualTo(2);
    assertThat(list.failures()).isZero();
  }

  @Test
  void aListIsUsedThoughTheDiskTakesNothingAndIsKeptOnceItDoes() throws Exception {
    Path disk = Files.writeString(state.resolve("lists"), "no directory");
    FollowedList list = denying();
    assertThat(refuses(list, "5.6.7.8")).isTrue();
    assertThat(list.failures()).isEqualTo(1);
    Files.delete(disk);
    assertThat(list.check()).isFalse();
    assertThat(disk).as("not tried again at once").doesNotExist();
    clock.pass(Duration.ofMinutes(1));
    assertThat(list.check()).isFalse();
    assertThat(Files.readString(disk.resolve("web"))).contains("5.6.7.0/24");
    assertThat(list.pause()).isGreaterThanOrEqualTo(Duration.ofHours(1));
  }

  /** Each takes 18 bytes, and 58 at the most while it is read. */
  @Test
  void whatAllListsTakeTogetherIsBounded() throws Exception {
    ListOptions one = web("one", PrefixList.Use.REFUSE, "/one");
    ListOptions two = web("two", PrefixList.Use.REFUSE, "/two");
    List<FollowedList> both = lists(new Budget(18 + 58), one, two).all();
    assertThat(both.stream().mapToInt(FollowedList::prefixes)).containsExactly(2, 2);
    server.answer = Answer.OTHER;
    assertThat(both.getFirst().check()).as("29 besides 36").isTrue();
    server.answer = Answer.GOOD;
    assertThat(both.getFirst().check()).as("58 besides 9 and 18").isFalse();
    assertThat(both.getFirst().prefixes()).isEqualTo(1);
    assertThat(both.getFirst().failures()).isEqualTo(1);
    assertThat(lists(new Budget(60), one, two).all().stream().mapToInt(FollowedList::prefixes))
        .as("what was kept is bounded too")
        .containsExactly(1, 0);
    Budget besides = new Budget(9 + 58);
    besides.count(() -> 1);
    assertThat(lists(besides, one, two).all().stream().mapToInt(FollowedList::prefixes))
        .as("where the fleet's take a byte")
        .containsExactly(1, 0);
    assertThat(lists(new Budget(9 + 58), one, two).all().stream().mapToInt(FollowedList::prefixes))
        .containsExactly(1, 2);
  }

  /** It is an event loop that says so, and a list may be read for seconds. */
  @Test
  void whatTheFleetsTakeIsToldThoughAListIsBeingRead() throws Exception {
    Budget budget = new Budget(57);
    synchronized (budget) {
      CompletableFuture.runAsync(() -> budget.count(() -> 2048)).get(10, TimeUnit.SECONDS);
    }
    assertThatIOException()
        .isThrownBy(() -> budget.read(() -> new ByteArrayInputStream("5.6.7.8\n".getBytes(UTF_8))))
        .withMessageContaining("while it is read too, and the fleet's have 2 KiB of that: make");
  }

  @Test
  void whoeverWaitsForAServerEndsAtOnce() throws Exception {
    denying();
    server.answer = Answer.NONE;
    Lists lists = lists(new Budget(Budget.MOST), web("web", PrefixList.Use.REFUSE, "/list"));
    AtomicInteger changes = new AtomicInteger();
    int before = server.asked.size();
    lists.begin(changes::incrementAndGet);
    while (server.asked.size() == before) {
      Thread.sleep(10);
    }
    long begin = System.nanoTime();
    lists.close();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(4));
    assertThat(lists.all().getFirst().failures()).as("an end is no failure").isZero();
    assertThat(changes).hasValue(0);
  }

  @Test
  void listsThatAreNoMoreAreKeptNoMoreAndWhatIsNotOursIs() throws Exception {
    denying();
    Path mine = Files.writeString(state.resolve("lists/mine"), "5.6.7.8\n");
    Path left = Files.writeString(state.resolve("lists/list1.tmp"), "5.6.7.8\n");
    open(web("another", PrefixList.Use.REFUSE, "/list"));
    assertThat(state.resolve("lists/web")).doesNotExist();
    assertThat(left).doesNotExist();
    assertThat(mine).exists();
    assertThat(state.resolve("lists/another")).exists();
  }
}
