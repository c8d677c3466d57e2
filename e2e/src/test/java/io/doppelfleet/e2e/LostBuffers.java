package io.doppelfleet.e2e;

import io.doppelfleet.proxy.leg.Buffers;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;

/** What Netty's leak detectors report, so that a test can fail for it. */
final class LostBuffers {
  private static final LinkedBlockingQueue<String> REPORTS = new LinkedBlockingQueue<>();

  /** Looks at the queue of the collector's finds, which it fills a little later. */
  private static final int LOOKS = 3;

  private LostBuffers() {}

  /** Before the first buffer: detectors are made with the classes that they watch. */
  static void watch() {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new Reporting());
  }

  /** Those that have been lost since the last call. */
  static List<String> take() throws InterruptedException {
    for (int look = 0; look < LOOKS; look++) {
      System.gc();
      Thread.sleep(20);
      Buffers.POOLED.directBuffer(1).release(); // a detector looks when something is made
    }
    List<String> reports = new ArrayList<>();
    REPORTS.drainTo(reports);
    return reports;
  }

  private static final class Reporting extends ResourceLeakDetectorFactory {
    @Override
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval) {
      return new Detector<>(resource, samplingInterval);
    }

    @Override
    @Deprecated
    public <T> ResourceLeakDetector<T> newResourceLeakDetector(
        Class<T> resource, int samplingInterval, long maxActive) {
      return new Detector<>(resource, samplingInterval);
    }
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {
    Detector(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resource, String records) {
      REPORTS.add(resource + records);
    }

    @Override
    protected void reportUntracedLeak(String resource) {
      REPORTS.add(resource);
    }
  }
}
