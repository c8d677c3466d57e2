package io.doppelfleet.control.link;

import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.Roster;
import io.doppelfleet.control.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes into the store which nodes have their link here, for people and for other controls: these
 * keep second holders of an identity out by it. For the links' event loop.
 */
final class Presence {
  private static final Logger LOG = LoggerFactory.getLogger(Presence.class);

  private static final long EVERY_MILLIS = 60_000;

  /** A link that wasn't known to be open for eight seconds keeps nobody out. */
  private static final long EVERY_MILLIS_FOR_OTHERS = 3_000;

  private final Roster roster;
  private final WorkerExecutor worker;
  private boolean writing;

  Presence(Roster roster, WorkerExecutor worker) {
    this.roster = roster;
    this.worker = worker;
  }

  /** How often it is to be written. */
  long everyMillis() {
    return roster.isShared() ? EVERY_MILLIS_FOR_OTHERS : EVERY_MILLIS;
  }

  /** Of these the nodes are there whose link is open, and who were heard of late. */
  void seen(Collection<Session> all) {
    List<Long> ids = new ArrayList<>();
    for (Session session : all) {
      Member member = session.member();
      if (member != null && session.lives()) {
        ids.add(member.id());
      }
    }
    if (ids.isEmpty() || writing) {
      return;
    }
    Collections.sort(ids); // two controls that write at once don't wait for each other
    writing = true;
    write(() -> roster.seen(ids)).onComplete(written -> writing = false);
  }

  /** The link of this epoch has ended. */
  void left(Member member, long epoch) {
    write(() -> roster.left(member.id(), epoch));
  }

  private interface Note {
    void write() throws StoreException;
  }

  private Future<Note> write(Note note) {
    // Where the control ends, links end after the workers: that can't even be asked for then.
    return Future.future(
            (Promise<Note> written) ->
                worker
                    .executeBlocking(
                        () -> {
                          note.write();
                          return note;
                        },
                        false)
                    .onComplete(written))
        .onFailure(failure -> LOG.debug("{}", failure.getMessage()));
  }
}
