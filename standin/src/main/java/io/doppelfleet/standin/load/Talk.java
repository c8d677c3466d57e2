package io.doppelfleet.standin.load;

import org.jspecify.annotations.Nullable;

/** What a load connection says and hears in its stream. Called on the connection's event loop. */
public interface Talk {

  /** The bytes that go with the stream's header. */
  byte[] opening();

  /** The opening is on its way. */
  void opened(LoadConnection connection);

  /**
   * Something came.
   *
   * @param bytes which the loop uses again after the call
   * @param length how many of them, from the first
   */
  void heard(LoadConnection connection, byte[] bytes, int length);

  /** What was said went out to a good part, so that more can be said. */
  default void writable(LoadConnection connection) {}

  /**
   * The connection has ended.
   *
   * @param why null when it was closed in order by either side
   */
  void closed(@Nullable Throwable why);
}
