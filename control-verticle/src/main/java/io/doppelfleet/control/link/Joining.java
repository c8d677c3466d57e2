package io.doppelfleet.control.link;

import io.doppelfleet.control.authority.Authority;
import io.doppelfleet.control.store.Admission;
import io.doppelfleet.control.store.Member;
import io.doppelfleet.control.store.Roster;
import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.LinkMessage.Refusal.Kind;
import io.doppelfleet.fleet.Octets;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How a machine with a token becomes a node of the fleet. */
record Joining(Roster roster, Authority authority, Clock clock) {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

  /**
   * Asks the store, and uses up the token where it says yes: not on an event loop. With who asks.
   */
  LinkMessage answer(LinkMessage.Join join, String origin) throws Exception {
    Octets key = join.key();
    Authority.checkKey(key); // or one that can't be certified would use the token up
    String token = JoinToken.fingerprint(join.secret().bytes());
    return switch (roster.join(token, JoinToken.fingerprint(key.bytes()), origin)) {
      case Admission.Admitted admitted -> {
        Member joined = admitted.member();
        LOG.info("node {} joined the fleet", joined.name());
        yield new LinkMessage.Joined(
            joined.name(),
            joined.sender(),
            authority.certifyNode(joined.name(), key, clock.instant()),
            authority.nodes().open(),
            authority.states().open());
      }
      case Admission.Removed removed ->
          new LinkMessage.Refusal(Kind.WRONG, "this key was a removed node's: make a new one");
      case Admission.Held held -> throw new IllegalStateException("who joins has no link");
      case Admission.Refused refused -> new LinkMessage.Refusal(Kind.WRONG, refused.why());
    };
  }
}
