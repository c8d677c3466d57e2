package io.doppelfleet.standin.load;

import io.doppelfleet.standin.wire.LoadContent;
import io.doppelfleet.standin.wire.LoadRequest;
import io.doppelfleet.standin.wire.SinkReport;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Sends content and checks what the data centre reports of it. */
public final class Upload implements Bulk {
  private static final int CHUNK_LENGTH = 32 * 1024;

  private final CompletableFuture<Transfer> done = new CompletableFuture<>();
  private final byte[] chunk = new byte[CHUNK_LENGTH];
  private final byte[] report = new byte[SinkReport.LENGTH];
  private final long bytes;
  private long sent;
  private int reported;
  private long start;

  /** Of so many bytes. */
  public Upload(long bytes) {
    this.bytes = bytes;
  }

  @Override
  public CompletableFuture<Transfer> done() {
    return done;
  }

  @Override
  public byte[] opening() {
    return LoadRequest.sink(bytes).encode();
  }

  @Override
  public void opened(LoadConnection connection) {
    start = System.nanoTime();
    writable(connection);
  }

  @Override
  public void writable(LoadConnection connection) {
    while (sent < bytes && connection.isWritable()) {
      int length = (int) Math.min(CHUNK_LENGTH, bytes - sent);
      LoadContent.copy(sent, chunk, 0, length);
      sent += length;
      connection.say(chunk, length);
    }
  }

  @Override
  public void heard(LoadConnection connection, byte[] content, int length) {
    if (length > report.length - reported) {
      throw new IllegalStateException("more came than a sink's report");
    }
    System.arraycopy(content, 0, report, reported, length);
    reported += length;
    if (reported == report.length) {
      done.completeAsync(
          () -> {
            SinkReport arrived = SinkReport.decode(report);
            return Transfer.checked(bytes, arrived.count(), arrived.crc32c(), start);
          },
          Runnable::run);
      connection.close();
    }
  }

  @Override
  public void closed(@Nullable Throwable why) {
    done.completeExceptionally(new LostConnectionException(why));
  }
}
