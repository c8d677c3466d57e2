package io.doppelfleet.proxy.leg;

import io.netty.channel.IoEventLoop;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What the descriptors of one event loop share, and which there are. */
final class Shed {
  final IoEventLoop loop;
  final LoopBytes bytes;
  final Kernel kernel = new Kernel();

  /** What one write sends. */
  final Gather gather = new Gather();

  /** By descriptor, which the kernel numbers from below. */
  private @Nullable Descriptor[] open = new Descriptor[64];

  /** No memory of this may be used any more. */
  boolean released;

  Shed(IoEventLoop loop, LoopBytes bytes) {
    this.loop = loop;
    this.bytes = bytes;
  }

  void add(Descriptor leg) {
    int descriptor = leg.intValue();
    if (descriptor >= open.length) {
      open = Arrays.copyOf(open, Math.max(descriptor + 1, open.length * 2));
    }
    open[descriptor] = leg;
  }

  void remove(Descriptor leg) {
    open[leg.intValue()] = null;
  }

  /** Closes all, and makes no more. */
  void release() {
    released = true;
    for (Descriptor leg : open) {
      if (leg != null) {
        leg.gone();
      }
    }
    gather.release();
  }
}
