package io.doppelfleet.standin.load;

import io.doppelfleet.standin.wire.LoadRequest;
import io.doppelfleet.standin.wire.SinkReport;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is open all the way to the data centre before it carries anything, so that what
 * is measured of a transfer holds no handshake.
 */
public final class Flow implements Talk {
  private final CompletableFuture<Flow> ready = new CompletableFuture<>();
  private @Nullable LoadConnection connection;
  private @Nullable Talk load;
  private int reported;
  private boolean over;

  /** When the data centre has answered, or what went wrong. */
  public CompletableFuture<Flow> ready() {
    return ready;
  }

  /** Asks for the load; may be called once, when it is {@link #ready}. */
  public void begin(Talk next) {
    LoadConnection opened = connection;
    if (opened == null) {
      throw new IllegalStateException("the flow is not ready");
    }
    opened.execute(
        () -> {
          load = next;
          if (over) {
            next.closed(null);
            return;
          }
          byte[] request = next.opening();
          opened.say(request, request.length);
          next.opened(opened);
        });
  }

  /** Closes, in order or not: what is under way is cut. */
  public void close() {
    LoadConnection opened = connection;
    if (opened != null) {
      opened.execute(opened::close);
    }
  }

  @Override
  public byte[] opening() {
    return LoadRequest.sink(0).encode();
  }

  @Override
  public void opened(LoadConnection opened) {
    connection = opened;
  }

  @Override
  public void heard(LoadConnection opened, byte[] bytes, int length) {
    if (load != null) {
      load.heard(opened, bytes, length);
      return;
    }
    reported += length;
    if (reported > SinkReport.LENGTH) {
      throw new IllegalStateException("more came than a sink's report");
    }
    if (reported == SinkReport.LENGTH) {
      ready.complete(this);
    }
  }

  @Override
  public void writable(LoadConnection opened) {
    if (load != null) {
      load.writable(opened);
    }
  }

  @Override
  public void closed(@Nullable Throwable why) {
    over = true;
    ready.completeExceptionally(new LostConnectionException(why));
    if (load != null) {
      load.closed(why);
    }
  }
}
