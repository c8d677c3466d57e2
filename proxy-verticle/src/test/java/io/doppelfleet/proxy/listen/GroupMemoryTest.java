package io.doppelfleet.proxy.listen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What control groups leave, by files as the kernel has them. */
final class GroupMemoryTest {
  private static final long MIB = 1 << 20;
  private static final long NO_SWAP = 0;
  private static final String MACHINE = "MemTotal: 4194304 kB\nMemAvailable: 1048576 kB\n";

  /** In place of the file system's. */
  @TempDir Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
  }

  private void process(String mount, String group) throws IOException {
    write("proc/self/cgroup", group);
    write(
        "proc/self/mountinfo",
        "22 1 254:0 / / rw,relatime - ext4 /dev/root rw\n23 22 0:21 / /proc rw - proc proc rw\n"
            + mount);
  }

  private void unit() throws IOException {
    process(
        "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate",
        "0::/system.slice/doppelfleet.service");
    group("", "max", 0, 0);
  }

  private void group(String name, String most, long used, long inactive) throws IOException {
    String directory = "sys/fs/cgroup/" + name + "/memory.";
    write(directory + "max", most);
    write(directory + "current", Long.toString(used));
    write(directory + "stat", "active_file 4096\ninactive_file " + inactive + "\nsock 1");
  }

  private GroupMemory memory() {
    return GroupMemory.of(root);
  }

  @Test
  void ofABoundWhatIsUsedIsTakenButForFilesReadLongAgo() throws Exception {
    unit();
    group("system.slice", "max", 800 * MIB, 0);
    group("system.slice/doppelfleet.service", "" + 512 * MIB, 300 * MIB, 80 * MIB);
    assertThat(memory().left(NO_SWAP)).containsExactly(new MemoryLeft.Left(292 * MIB, 512 * MIB));
  }

  @Test
  void theBoundsOfGroupsAroundItHoldToo() throws Exception {
    unit();
    group("system.slice", "" + 1024 * MIB, 1000 * MIB, 0);
    group("system.slice/doppelfleet.service", "" + 512 * MIB, 300 * MIB, 0);
    assertThat(memory().left(NO_SWAP))
        .containsExactly(
            new MemoryLeft.Left(212 * MIB, 512 * MIB), new MemoryLeft.Left(24 * MIB, 1024 * MIB));
  }

  @Test
  void whereNoGroupHasABoundNothingIsSaid() throws Exception {
    unit();
    group("system.slice/doppelfleet.service", "max", 300 * MIB, 0);
    assertThat(memory().left(NO_SWAP)).isEmpty();
    assertThat(GroupMemory.of(root.resolve("another/system")).left(NO_SWAP)).isEmpty();
  }

  /** Each second. */
  @Test
  void noFileIsLookedForThatWasNotThereAtFirst() throws Exception {
    unit();
    group("system.slice/doppelfleet.service", "" + 512 * MIB, 300 * MIB, 0);
    GroupMemory memory = memory();
    write("sys/fs/cgroup/system.slice/doppelfleet.service/memory.high", "" + 400 * MIB);
    group("system.slice/doppelfleet.service", "" + 512 * MIB, 320 * MIB, 0);
    assertThat(memory.left(NO_SWAP)).containsExactly(new MemoryLeft.Left(192 * MIB, 512 * MIB));
  }

  @Test
  void whatIsHeldUpBeforeTheBoundHasThatBound() throws Exception {
    unit();
    group("system.slice/doppelfleet.service", "" + 512 * MIB, 300 * MIB, 0);
    write("sys/fs/cgroup/system.slice/doppelfleet.service/memory.high", "" + 400 * MIB);
    assertThat(memory().left(NO_SWAP)).containsExactly(new MemoryLeft.Left(100 * MIB, 400 * MIB));
  }

  @Test
  void whatCouldBeSwappedOutIsLeftTooAsFarAsTheGroupMay() throws Exception {
    unit();
    String own = "system.slice/doppelfleet.service";
    group(own, "" + 512 * MIB, 500 * MIB, 0);
    assertThat(memory().left(64 * MIB)).containsExactly(new MemoryLeft.Left(76 * MIB, 512 * MIB));
    write("sys/fs/cgroup/" + own + "/memory.swap.max", "" + 40 * MIB);
    write("sys/fs/cgroup/" + own + "/memory.swap.current", "" + 10 * MIB);
    assertThat(memory().left(64 * MIB)).containsExactly(new MemoryLeft.Left(42 * MIB, 512 * MIB));
  }

  /** With a namespace of its own. */
  @Test
  void aContainersOwnGroupIsTheWholeTreeToIt() throws Exception {
    process("30 23 0:26 / /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw", "0::/");
    group("", "" + 512 * MIB, 300 * MIB, 0);
    assertThat(memory().left(NO_SWAP)).containsExactly(new MemoryLeft.Left(212 * MIB, 512 * MIB));
  }

  @Test
  void theFirstVersionIsReadTooInAUnitAndInAContainer() throws Exception {
    String options = "rw,nosuid - cgroup cgroup rw,";
    String groups = "7:cpu,cpuacct:/\n4:memory:/docker/0f1e\n0::/docker/0f1e";
    process(
        "31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct "
            + options
            + "cpu,cpuacct\n"
            + "32 30 0:28 / /sys/fs/cgroup/memory "
            + options
            + "memory",
        groups);
    String directory = "sys/fs/cgroup/memory/";
    write(directory + "memory.limit_in_bytes", "9223372036854771712");
    write(directory + "memory.usage_in_bytes", "" + 4096 * MIB);
    write(directory + "docker/0f1e/memory.limit_in_bytes", "" + 512 * MIB);
    write(directory + "docker/0f1e/memory.usage_in_bytes", "" + 500 * MIB);
    write(directory + "docker/0f1e/memory.stat", "inactive_file 1\ntotal_inactive_file " + 8 * MIB);
    assertThat(memory().left(64 * MIB)).contains(new MemoryLeft.Left(20 * MIB, 512 * MIB));

    process("32 30 0:28 /docker/0f1e /sys/fs/cgroup/memory " + options + "memory", groups);
    write(directory + "memory.limit_in_bytes", "" + 256 * MIB);
    write(directory + "memory.usage_in_bytes", "" + 200 * MIB);
    assertThat(memory().left(NO_SWAP)).containsExactly(new MemoryLeft.Left(56 * MIB, 256 * MIB));
  }

  @Test
  void ofMachineAndGroupsWhatIsShortestByItsSizeCounts() throws Exception {
    unit();
    String own = "system.slice/doppelfleet.service";
    group(own, "" + 512 * MIB, 480 * MIB, 0);
    MemoryLeft.Left ofGroup = new MemoryLeft.Left(32 * MIB, 512 * MIB);
    assertThat(MemoryLeft.least(MACHINE, memory())).isEqualTo(ofGroup);
    String less = MACHINE.replace("1048576", "" + (60 << 10));
    MemoryLeft.Left ofMachine = new MemoryLeft.Left(60 * MIB, 4096 * MIB);
    assertThat(MemoryLeft.least(less, memory())).isEqualTo(ofMachine);
    group(own, "" + 512 * MIB, 490 * MIB, 0);
    assertThat(MemoryLeft.least(less, memory())).isNotEqualTo(ofMachine);
  }
}
