package io.doppelfleet.standin.load;

import io.doppelfleet.standin.wire.LoadRequest;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Asks for content and checks that all of it comes. */
public final class Download implements Bulk {
  private final CompletableFuture<Transfer> done = new CompletableFuture<>();
  private final CRC32C crc = new CRC32C();
  private final long bytes;
  private long arrived;
  private long start;

  /** Of so many bytes. */
  public Download(long bytes) {
    this.bytes = bytes;
  }

  @Override
  public CompletableFuture<Transfer> done() {
    return done;
  }

  @Override
  public byte[] opening() {
    return LoadRequest.stream(bytes).encode();
  }

  @Override
  public void opened(LoadConnection connection) {
    start = System.nanoTime();
  }

  @Override
  public void heard(LoadConnection connection, byte[] content, int length) {
    crc.update(content, 0, length);
    arrived += length;
    if (arrived >= bytes) {
      done.completeAsync(
          () -> Transfer.checked(bytes, arrived, (int) crc.getValue(), start), Runnable::run);
      connection.close();
    }
  }

  @Override
  public void closed(@Nullable Throwable why) {
    done.completeExceptionally(new LostConnectionException(why));
  }
}
