package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProcessCostsTest {
  private final ProcessCosts own = new ProcessCosts(ProcessHandle.current().pid());

  @Test
  void processorTimeIsWhatTheVirtualMachineSaysOfItself() throws Exception {
    var bean =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Duration before = Duration.ofNanos(bean.getProcessCpuTime());

    Duration read = own.processorTime();

    Duration after = Duration.ofNanos(bean.getProcessCpuTime());
    assertThat(read).isBetween(before.minusMillis(20), after.plusMillis(20));
  }

  @Test
  void processorTimeIsFinerThanTheKernelsTicks() throws Exception {
    Set<Duration> readings = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      readings.add(own.processorTime()); // which takes some
    }

    assertThat(readings).hasSize(100);
  }

  @Test
  void aThreadHasItsPartOfTheProcessorTime() throws Exception {
    Duration sum = own.threadTimes().values().stream().reduce(Duration.ZERO, Duration::plus);

    assertThat(sum).isPositive().isLessThanOrEqualTo(own.processorTime().plusMillis(20));
  }

  @Test
  void residentMemoryIsMoreThanTheHeapInUse() throws Exception {
    Runtime runtime = Runtime.getRuntime();

    assertThat(own.residentBytes()).isGreaterThan(runtime.totalMemory() / 4).isLessThan(4L << 30);
  }

  @Test
  void aProcessThatIsGoneHasNoCosts() throws Exception {
    Process gone = new ProcessBuilder("true").start();
    gone.waitFor();

    assertThatThrownBy(() -> new ProcessCosts(gone.pid()).processorTime())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it has ended");
  }
}
