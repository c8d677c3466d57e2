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

  /** Places of the list that are made ahead, besides an eighth. */
  private static final int SPARE = 64;

  /** By descriptor, which the kernel numbers from below. */
  private @Nullable Descriptor[] open = new Descriptor[SPARE];

  /** No memory of this may be used any more. */
  boolean released;

  Shed(IoEventLoop loop, LoopBytes bytes) {
    this.loop = loop;
    this.bytes = bytes;
  }

  void add(int descriptor, Descriptor leg) {
    if (descriptor >= open.length) {
      // Not twice as many: beside 18,000 there would be places for as many more.
      open = Arrays.copyOf(open, descriptor + descriptor / 8 + SPARE);
    }
    open[descriptor] = leg;
  }

  void remove(int descriptor) {
    open[descriptor] = null;
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
