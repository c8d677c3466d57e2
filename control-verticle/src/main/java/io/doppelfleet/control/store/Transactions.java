package io.doppelfleet.control.store;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.doppelfleet.control.seal.Seals;
import io.doppelfleet.fleet.seal.SealException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done to a store at once or not at all, and what its errors mean to an operator. */
final class Transactions implements AutoCloseable {
  /** How often it is looked whether all connections are closed: for 2 s. */
  private static final int LOOKS = 100;

  private static final int LOOKS_AT_NONE = 5;
  private static final long LOOK_MILLIS = 20;
  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  private final Engine engine;
  private final HikariDataSource pool;
  private final Seals seals;

  /** How often all connections were closed, as the file had been given up. */
  private volatile int opened;

  /** Those on which something is done. */
  private final Set<Connection> used = ConcurrentHashMap.newKeySet();

  /** Why there is no connection at all, until the pool has made one. */
  private final AtomicReference<@Nullable SQLException> away = new AtomicReference<>();

  private @Nullable Listening listening;

  Transactions(Engine engine, HikariDataSource pool, Seals seals) {
    this.engine = engine;
    this.pool = pool;
    this.seals = seals;
  }

  /** Something to do on one connection; what it doesn't commit is undone. */
  interface Work<T> {
    T on(Connection connection, Rows rows) throws SQLException, SealException, StoreException;
  }

  /**
   * Does it.
   *
   * @param problem what can't be done where it fails
   */
  <T extends @Nullable Object> T run(String problem, Work<T> work) throws StoreException {
    int before = opened;
    try (Use use = use()) {
      return work.on(use.connection, new Rows(use.connection, seals));
    } catch (SQLException e) {
      openAnewIfClosed(e, before);
      throw new StoreException(problem + ": " + engine.meaning(e), e);
    } catch (SealException e) {
      throw new StoreException(problem + ": " + e.getMessage(), e);
    } catch (StoreException e) {
      openAnewIfClosed(e, before);
      throw e;
    }
  }

  /** Of a connection; what it has not committed in the end the pool rolls back. */
  private final class Use implements AutoCloseable {
    final Connection connection;

    Use(Connection connection) {
      this.connection = connection;
      used.add(connection);
    }

    @Override
    public void close() throws SQLException {
      try {
        connection.close();
      } finally {
        used.remove(connection);
      }
    }
  }

  /**
   * While the store is away nobody waits for a connection, as all threads would: the pool makes one
   * by itself when it is there.
   */
  private Use use() throws SQLException {
    SQLException last = away.get();
    HikariPoolMXBean connections = pool.getHikariPoolMXBean();
    if (last != null && connections.getIdleConnections() == 0) {
      throw last;
    }
    Use use;
    try {
      use = new Use(pool.getConnection());
    } catch (SQLTransientConnectionException e) {
      if (connections.getTotalConnections() == 0) {
        away.compareAndSet(null, e); // who gave it up has said why
      }
      throw e;
    }
    SQLException since = away.get();
    if (since != null && !since.equals(last)) {
      use.close(); // it was given up, and perhaps not seen among the used
      throw since;
    }
    away.compareAndSet(last, null);
    return use;
  }

  /**
   * The server says nothing any more, and may be so for long: whose transaction is under way fails
   * at once, and so does who comes until the pool has a new connection.
   */
  void giveUp(SQLException why) {
    pool.getHikariPoolMXBean().softEvictConnections();
    away.set(why);
    int ended = 0;
    for (Connection each : used) {
      try {
        each.abort(Thread::startVirtualThread);
        ended++;
      } catch (SQLException e) {
        LOG.debug("{}", e.getMessage()); // it has ended by itself
      }
    }
    LOG.warn(
        "the store's server is silent, so it is given up until it answers, and with it what was"
            + " under way ({} transactions): {}",
        ended,
        why.getMessage());
  }

  /**
   * Closes all connections before there is a new one; where one is late, the next failure does.
   *
   * @param before how often that was done when what failed began
   */
  private void openAnewIfClosed(Exception failure, int before) {
    if (!engine.hasClosed(failure)) {
      return;
    }
    synchronized (this) {
      if (before != opened || pool.isClosed()) {
        return;
      }
      opened++;
      HikariPoolMXBean connections = pool.getHikariPoolMXBean();
      connections.suspendPool();
      try {
        connections.softEvictConnections();
        // The pool counts those no more that it is about to close: so some looks have to see none.
        int none = 0;
        for (int i = 0; i < LOOKS && none < LOOKS_AT_NONE; i++) {
          Thread.sleep(LOOK_MILLIS);
          none = connections.getTotalConnections() == 0 ? none + 1 : 0;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        connections.resumePool();
      }
    }
  }

  /** Reads once more where the key was changed in the midst, and the first rows had the old one. */
  <T extends @Nullable Object> T read(String problem, Work<T> work) throws StoreException {
    try {
      return run(problem, work);
    } catch (StoreException e) {
      if (e.getCause() instanceof SealException) {
        return run(problem, work);
      }
      throw e;
    }
  }

  /** Nobody else writes before the end of the transaction; the sealed fingerprints' key. */
  static byte[] locked(Rows rows) throws SQLException, StoreException {
    byte[] sealed = rows.lock();
    if (sealed == null) {
      throw new StoreException("the store was emptied while it was open: restore it from a backup");
    }
    return sealed;
  }

  /**
   * Keeps what was done.
   *
   * @throws UnknownException where that fails, which doesn't tell whether it was kept
   */
  void commit(Connection connection) throws UnknownException {
    commit(connection, "what was asked was done isn't known: look");
  }

  /** The same of a revision, of which other controls hear. */
  void commit(Connection connection, long revision, States states)
      throws SQLException, UnknownException {
    announce(connection);
    try {
      commit(connection, "revision " + revision + " was kept isn't known: look at the history");
    } catch (UnknownException e) {
      states.forget();
      throw e;
    }
  }

  private void commit(Connection connection, String unknown) throws UnknownException {
    try {
      connection.commit();
      engine.committed(connection);
    } catch (SQLException e) {
      throw new UnknownException(engine.meaning(e) + "; whether " + unknown, e);
    }
  }

  /** Has other controls hear at once of what is done on a connection, when it is committed. */
  void announce(Connection connection) throws SQLException {
    engine.announce(connection);
  }

  /** Whether other controls may use the store. */
  boolean areShared() {
    return engine == Engine.POSTGRESQL;
  }

  /** From now on these are told what others have written and called, or this control has; once. */
  synchronized void listen(Runnable wrote, Consumer<String> called) {
    listening = engine.listening(pool, wrote, called, this::giveUp);
  }

  @Override
  public synchronized void close() { // not while the pool stands still: who waits would for ever
    if (listening != null) {
      listening.close();
    }
    pool.close();
  }
}
