package io.doppelfleet.standin.load;

import io.doppelfleet.standin.wire.LoadRequest;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Sends 256 bytes, waits until they are back, and keeps the connection until it is told to close.
 * Messages of Telegram's are about as long.
 */
public final class Echo implements Talk {
  /** Bytes of a message. */
  public static final int LENGTH = 256;

  private final CompletableFuture<Echo> first = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private CompletableFuture<Echo> waiting = first;
  private @Nullable LoadConnection connection;
  private byte seed;
  private int missing = LENGTH;

  /** When the first message is back, or what went wrong. */
  public CompletableFuture<Echo> first() {
    return first;
  }

  /** When the connection has ended, exceptionally if it was broken. */
  public CompletableFuture<Void> closed() {
    return closed;
  }

  @Override
  public byte[] opening() {
    byte[] request = LoadRequest.echo().encode();
    byte[] opening = Arrays.copyOf(request, request.length + LENGTH);
    fill(opening, request.length);
    return opening;
  }

  @Override
  public void opened(LoadConnection connection) {
    this.connection = connection;
  }

  @Override
  public void heard(LoadConnection connection, byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (missing == 0 || bytes[i] != (byte) (seed + LENGTH - missing)) {
        throw new IllegalStateException("an echo that was not sent");
      }
      missing--;
    }
    if (missing == 0) {
      waiting.complete(this);
    }
  }

  /**
   * Sends another message. On the event loop, after the last one is back.
   *
   * @return when it is back
   */
  CompletableFuture<Echo> again() {
    if (connection == null || missing != 0) {
      throw new IllegalStateException("an echo is under way");
    }
    seed = (byte) (seed + 31);
    missing = LENGTH;
    waiting = new CompletableFuture<>();
    byte[] message = new byte[LENGTH];
    fill(message, 0);
    connection.say(message, LENGTH);
    return waiting;
  }

  /** Sends another message; the result fails when the connection has ended. */
  public CompletableFuture<Echo> send() {
    CompletableFuture<Echo> back = new CompletableFuture<>();
    on(
        loop -> {
          if (closed.isDone()) {
            back.completeExceptionally(new LostConnectionException(null));
          } else {
            again()
                .whenComplete(
                    (echo, failure) -> {
                      if (failure == null) {
                        back.complete(echo);
                      } else {
                        back.completeExceptionally(failure);
                      }
                    });
          }
        });
    return back;
  }

  /** Closes in order. */
  public void close() {
    on(LoadConnection::close);
  }

  /** Does something with the open connection on its event loop. */
  void on(Consumer<LoadConnection> action) {
    LoadConnection opened = connection;
    if (opened != null) {
      opened.execute(() -> action.accept(opened));
    }
  }

  private void fill(byte[] into, int offset) {
    for (int i = 0; i < LENGTH; i++) {
      into[offset + i] = (byte) (seed + i);
    }
  }

  @Override
  public void closed(@Nullable Throwable why) {
    waiting.completeExceptionally(new LostConnectionException(why));
    if (why == null) {
      closed.complete(null);
    } else {
      closed.completeExceptionally(why);
    }
  }
}
