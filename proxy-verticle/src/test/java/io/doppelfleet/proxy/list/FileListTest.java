package io.doppelfleet.proxy.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.proxy.address.ListGate;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Lists from files that somebody writes meanwhile. */
@Timeout(60)
final class FileListTest {
  private static final Duration LOOK = Duration.ofSeconds(2);

  @TempDir Path directory;
  private final TestClock clock = new TestClock();
  private final List<Lists> opened = new ArrayList<>();
  private Path state;
  private Path file;

  @BeforeEach
  void make() throws Exception {
    state = Files.createDirectory(directory.resolve("state"));
    file = directory.resolve("list");
  }

  @AfterEach
  void end() {
    opened.forEach(Lists::close);
  }

  /** At the clock's time. */
  private void write(String list) throws IOException {
    Files.writeString(file, list);
    Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
  }

  private FollowedList open(Path from, Danger... confirmed) throws IOException {
    return open(from, new Budget(Budget.MOST), confirmed);
  }

  private FollowedList open(Path from, Budget budget, Danger... confirmed) throws IOException {
    ListOptions options =
        new ListOptions(
            "disk",
            PrefixList.Use.REFUSE,
            new ListOptions.Place.Disk(from),
            ListOptions.EVERY,
            Set.of(),
            Set.of(confirmed));
    Lists lists = Lists.open(List.of(options), state, budget, clock);
    opened.add(lists);
    return lists.all().getFirst();
  }

  private boolean look(FollowedList list) throws InterruptedException {
    clock.pass(LOOK);
    return list.check();
  }

  private static boolean refuses(FollowedList list, String address) {
    AddressBits bits = AddressBits.of(InetAddress.ofLiteral(address));
    return new ListGate(List.of(list.addresses())).refuse(bits.high(), bits.low());
  }

  @Test
  void aFileIsTakenOnceItStaysTheSameAndGarbageInItIsNot() throws Exception {
    write("5.6.7.0/24\n");
    FollowedList list = open(file);
    assertThat(list.prefixes()).isEqualTo(1);
    assertThat(look(list)).isFalse();
    write("5.6.8.0/24\n");
    assertThat(look(list)).as("it may still be written").isFalse();
    assertThat(look(list)).isTrue();
    assertThat(refuses(list, "5.6.8.8")).isTrue();
    assertThat(list.age()).isZero();
    write("garbage\n");
    assertThat(look(list)).isFalse();
    assertThat(list.failures()).isZero();
    assertThat(look(list)).isFalse();
    assertThat(list.failures()).isEqualTo(1);
    assertThat(list.pause()).as("it is looked at as ever").isEqualTo(LOOK);
    assertThat(look(list)).isFalse();
    assertThat(list.failures()).as("and not read again").isEqualTo(1);
    assertThat(list.age()).isEqualTo(6);
    assertThat(refuses(list, "5.6.8.8")).isTrue();
    assertThat(refuses(open(file), "5.6.8.8")).as("after a restart").isTrue();
    write("5.6.9.0/24\n");
    assertThat(look(list)).isFalse();
    assertThat(look(list)).isTrue();
  }

  /** Which takes 9 bytes, the next one 18 and 58 while it is read. */
  @Test
  void aFileForWhichThereIsNoRoomIsTakenOnceTheFleetsListsLeaveIt() throws Exception {
    Budget budget = new Budget(9 + 58);
    AtomicLong fleets = new AtomicLong();
    budget.count(fleets::get);
    write("5.6.7.0/24\n");
    FollowedList list = open(file, budget);
    fleets.set(1);
    write("5.6.8.0/24\n5.6.10.0/24\n");
    look(list);
    assertThat(look(list)).isFalse();
    assertThat(list.failures()).isEqualTo(1);
    assertThat(look(list)).isFalse();
    assertThat(list.pause()).as("it is read ever later").isEqualTo(LOOK.multipliedBy(2));
    fleets.set(0);
    assertThat(look(list)).isTrue();
    assertThat(refuses(list, "5.6.10.7")).isTrue();
    assertThat(list.pause()).isEqualTo(LOOK);
  }

  @Test
  void aFileThatIsGoneIsLookedForEverLaterAndWhatWasKeptOfItStays() throws Exception {
    write("5.6.7.0/24\n");
    open(file);
    Files.delete(file);
    FollowedList list = open(file);
    assertThat(refuses(list, "5.6.7.7")).isTrue();
    assertThat(list.pause()).isEqualTo(LOOK);
    assertThat(look(list)).isFalse();
    assertThat(list.pause()).isEqualTo(LOOK.multipliedBy(2));
    assertThat(list.failures()).isEqualTo(2);
    write("5.6.7.0/24\n");
    assertThat(look(list)).as("it may still be written").isFalse();
    assertThat(list.age()).isEqualTo(4);
    assertThat(look(list)).as("it is the same").isFalse();
    assertThat(list.age()).isZero();
    assertThat(list.pause()).isEqualTo(LOOK);
  }

  /** Of a list of /24s: a quarter of the Internet would be refused by what is there of it. */
  @Test
  void aFileWhoseLastLineHasNoEndRestsForLonger() throws Exception {
    write("45.83.63.0/24\n");
    FollowedList list = open(file);
    write("45.83.63.0/24\n45.83.64.0/2");
    for (int i = 0; i < 4; i++) {
      assertThat(look(list)).isFalse();
      assertThat(list.failures()).as("nothing is said of it yet").isZero();
    }
    FollowedList meanwhile = open(file);
    assertThat(meanwhile.failures()).as("nor at a start").isZero();
    assertThat(meanwhile.prefixes()).isEqualTo(1);
    write("45.83.63.0/24\n45.83.64.0/24");
    for (int i = 0; i < 5; i++) {
      assertThat(look(list)).isFalse();
    }
    assertThat(look(list)).isTrue();
    assertThat(list.prefixes()).isEqualTo(2);
    assertThat(look(meanwhile)).isFalse();
    clock.pass(FileSource.REST);
    assertThat(look(meanwhile)).isTrue();
  }

  /** It is refused for what it is, too, however long it rests. */
  @Test
  void aLineThatWasCutRefusesNobody() throws Exception {
    write("45.83.63.0/24\n");
    FollowedList list = open(file);
    write("45.83.63.0/24\n45.83.64.0/2");
    look(list);
    clock.pass(FileSource.REST);
    assertThat(look(list)).isFalse();
    assertThat(list.failures()).isEqualTo(1);
    assertThat(refuses(list, "8.8.8.8")).isFalse();
  }

  @Test
  void aFileThatIsNoListAndNeverWasOneEndsTheStart() throws Exception {
    write("");
    fails(file, "it is empty");
    fails(state, state + " is no file");
    fails(directory.resolve("none"), directory + "/none is not there");
    write("5.6.7.8/24\n10.0.0.0/8\n");
    fails(
        file,
        "it would refuse addresses of 10.0.0.0/8: if that is meant, write confirm: [private] in"
            + " proxy.lists.disk");
    assertThat(open(file, Danger.PRIVATE).prefixes()).isEqualTo(2);
    Path kept = state.resolve("lists");
    fails(kept.resolve("other"), kept + " is where the node keeps its own: put the file elsewhere");
  }

  private void fails(Path from, String why) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> open(from))
        .withMessage("the list disk: " + why);
  }
}
