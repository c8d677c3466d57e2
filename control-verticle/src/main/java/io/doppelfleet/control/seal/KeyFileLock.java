package io.doppelfleet.control.seal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to change a key file, which one at a time has, of all threads of all processes. The
 * kernel takes it back when a process ends; the file {@code .lock} beside the key file stays.
 */
final class KeyFileLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeyFileLock.class);

  /**
   * By file: the kernel's lock is a process's, and ends with any channel that it has on the file.
   */
  private static final Map<Path, Semaphore> THREADS = new ConcurrentHashMap<>();

  private final Semaphore thread;
  private final FileChannel process;

  private KeyFileLock(Semaphore thread, FileChannel process) {
    this.thread = thread;
    this.process = process;
  }

  /** Waits until nobody else has it. */
  static KeyFileLock of(Path keyFile) throws IOException {
    Path file = keyFile.resolveSibling(".").toRealPath().resolve(keyFile.getFileName() + ".lock");
    Semaphore thread = THREADS.computeIfAbsent(file, each -> new Semaphore(1));
    thread.acquireUninterruptibly();
    FileChannel process = null;
    try {
      process =
          FileChannel.open(
              file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), FleetKeyFile.MODE);
      process.lock();
      return new KeyFileLock(thread, process);
    } catch (IOException | RuntimeException e) {
      release(thread, process);
      throw e;
    }
  }

  @Override
  public void close() {
    release(thread, process);
  }

  private static void release(Semaphore thread, @Nullable FileChannel process) {
    try {
      if (process != null) {
        process.close();
      }
    } catch (IOException e) {
      LOG.warn("the key file's lock can't be let go", e);
    } finally {
      thread.release();
    }
  }
}
