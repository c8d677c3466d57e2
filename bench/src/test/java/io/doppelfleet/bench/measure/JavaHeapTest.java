package io.doppelfleet.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JavaHeapTest {
  private static final int MANY = 16 << 20;

  private final JavaHeap own = new JavaHeap(ProcessHandle.current().pid());

  @Test
  void whatIsReferredToLivesAndWhatIsNotDoesNot() throws Exception {
    long before = own.liveBytes();
    List<byte[]> referred = new ArrayList<>(List.of(new byte[MANY]));

    assertThat(own.liveBytes() - before).isBetween((long) MANY, MANY + MANY / 2L);

    assertThat(referred.removeFirst()).hasSize(MANY);

    assertThat(own.liveBytes() - before).isLessThan(MANY / 2);
  }

  @Test
  void aProcessThatIsNoVirtualMachineIsNamedAsSuch() {
    assertThatThrownBy(() -> new JavaHeap(Integer.MAX_VALUE).liveBytes())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("jcmd can't count the heap: ");
  }
}
