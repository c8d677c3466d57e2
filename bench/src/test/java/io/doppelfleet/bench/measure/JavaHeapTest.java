package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JavaHeapTest {
  private static final int MANY = 16 << 20;

  /** Refers to many bytes until it is told a word, and then to none until standard input ends. */
  public static final class Holder {
    private Holder() {}

    /** Says so each time. */
    public static void main(String[] arguments) throws IOException {
      List<byte[]> held = new ArrayList<>(List.of(new byte[MANY]));
      System.out.println("holds");
      System.in.read();
      System.out.println("holds no more than " + held.removeFirst()[0]);
      System.in.readAllBytes();
    }
  }

  @Test
  void whatIsReferredToLivesAndWhatIsNotDoesNot() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader says = process.inputReader();
        Writer word = process.outputWriter()) {
      JavaHeap heap = new JavaHeap(process.pid());
      assertThat(says.readLine()).isEqualTo("holds");
      long live = heap.liveBytes();
      assertThat(live).isBetween((long) MANY, 2L * MANY);
      assertThat(heap.heldBytes()).isGreaterThan(live);

      word.write("!");
      word.flush();
      assertThat(says.readLine()).startsWith("holds no more");
      assertThat(heap.liveBytes()).isLessThan(live - MANY / 2);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aProcessThatIsNoVirtualMachineIsNamedAsSuch() {
    assertThatThrownBy(() -> new JavaHeap(Integer.MAX_VALUE).liveBytes())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("jcmd can't count the heap: ");
  }
}
