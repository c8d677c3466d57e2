package io.doppelfleet.control.lock;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to a file, which one at a time has, of all threads of all processes. The kernel takes
 * it back when a process ends, however that comes; the file {@code .lock} beside the other stays.
 */
public final class LockFile implements AutoCloseable {
  /** Mode 0600, of each file that others may not read. */
  public static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final Logger LOG = LoggerFactory.getLogger(LockFile.class);

  /**
   * By file: the kernel's lock is a process's, and ends with any channel that the process closes on
   * the file, so no thread opens a second.
   */
  private static final Map<Path, Semaphore> THREADS = new ConcurrentHashMap<>();

  private final Semaphore thread;
  private final FileChannel process;

  private LockFile(Semaphore thread, FileChannel process) {
    this.thread = thread;
    this.process = process;
  }

  /**
   * Waits until nobody else has it.
   *
   * @param file whose directory is there; the file itself need not be
   * @throws IOException where the directory can't be written
   */
  public static LockFile of(Path file) throws IOException {
    Path path = beside(file);
    Semaphore thread = thread(path);
    thread.acquireUninterruptibly();
    FileChannel process = null;
    try {
      process = open(path);
      process.lock();
      return new LockFile(thread, process);
    } catch (IOException | RuntimeException e) {
      release(thread, process);
      throw e;
    }
  }

  /** The same at once, null where somebody else has it. */
  public static @Nullable LockFile ofUnused(Path file) throws IOException {
    Path path = beside(file);
    Semaphore thread = thread(path);
    if (!thread.tryAcquire()) {
      return null;
    }
    FileChannel process = null;
    try {
      process = open(path);
      if (process.tryLock() != null) {
        return new LockFile(thread, process);
      }
      release(thread, process);
      return null;
    } catch (IOException | RuntimeException e) {
      release(thread, process);
      throw e;
    }
  }

  private static Path beside(Path file) throws IOException {
    return file.resolveSibling(".").toRealPath().resolve(file.getFileName() + ".lock");
  }

  private static Semaphore thread(Path path) {
    return THREADS.computeIfAbsent(path, each -> new Semaphore(1));
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), OWNER_ONLY);
  }

  /** Gives it back, once. */
  @Override
  public synchronized void close() {
    if (process.isOpen()) {
      release(thread, process);
    }
  }

  private static void release(Semaphore thread, @Nullable FileChannel process) {
    try {
      if (process != null) {
        process.close();
      }
    } catch (IOException e) {
      LOG.warn("a lock can't be let go", e);
    } finally {
      thread.release();
    }
  }
}
