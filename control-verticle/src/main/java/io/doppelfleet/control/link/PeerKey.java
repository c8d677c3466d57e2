package io.doppelfleet.control.link;

import io.doppelfleet.fleet.Octets;
import io.vertx.core.net.NetSocket;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a link. */
final class PeerKey {
  private PeerKey() {}

  /**
   * The public key, X.509, of a certificate of which TLS has checked that the authority signed it,
   * for a node; null: the other end has none.
   */
  static @Nullable Octets of(NetSocket socket) {
    try {
      return Octets.of(socket.sslSession().getPeerCertificates()[0].getPublicKey().getEncoded());
    } catch (SSLPeerUnverifiedException e) {
      return null;
    }
  }
}
