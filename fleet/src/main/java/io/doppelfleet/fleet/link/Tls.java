package io.doppelfleet.fleet.link;

import io.doppelfleet.fleet.Octets;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * TLS 1.3 with certificates of the fleet's own authority at both ends. Names say nothing there: a
 * certificate says that its holder is a control, or a node, and that is checked.
 */
public final class Tls {
  private static final String VERSION = "TLSv1.3";
  private static final Base64.Encoder PEM =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Tls() {}

  /**
   * A control's end. Who has no certificate may come in too, to join.
   *
   * @param key PKCS #8
   * @param chain X.509, the authority's last
   */
  public static ServerSSLOptions control(Octets key, List<Octets> chain) {
    ServerSSLOptions options = new ServerSSLOptions();
    options
        .setClientAuth(ClientAuth.REQUEST)
        .setKeyCertOptions(keyCert(key, chain))
        .setTrustOptions(trust(chain.getLast()))
        .setEnabledSecureTransportProtocols(Set.of(VERSION));
    return options;
  }

  /** A node's end. */
  public static ClientSSLOptions node(Octets key, Octets certificate, Octets authority) {
    return client(trust(authority)).setKeyCertOptions(keyCert(key, List.of(certificate)));
  }

  /** The end of a machine that has no certificate yet. */
  public static ClientSSLOptions client(TrustOptions trust) {
    ClientSSLOptions options = new ClientSSLOptions();
    options
        .setHostnameVerificationAlgorithm("")
        .setTrustOptions(trust)
        .setEnabledSecureTransportProtocols(Set.of(VERSION));
    return options;
  }

  /** What the bus of a cluster begins with, which believes nobody but itself. */
  public static EventBusOptions bus(EventBusOptions options, Octets key, List<Octets> chain) {
    options
        .setSsl(true)
        .setClientAuth(ClientAuth.REQUIRED)
        .setKeyCertOptions(keyCert(key, chain))
        .setTrustOptions(trust(chain.getFirst()))
        .setEnabledSecureTransportProtocols(Set.of(VERSION));
    return options;
  }

  /** A member's end of a connection that another one makes. */
  public static ServerSSLOptions member(Octets key, List<Octets> chain, TrustOptions trust) {
    ServerSSLOptions options = new ServerSSLOptions();
    options
        .setClientAuth(ClientAuth.REQUIRED)
        .setKeyCertOptions(keyCert(key, chain))
        .setTrustOptions(trust)
        .setEnabledSecureTransportProtocols(Set.of(VERSION));
    return options;
  }

  /** A member's end of a connection that it makes to another one. */
  public static ClientSSLOptions toMember(Octets key, List<Octets> chain, TrustOptions trust) {
    return client(trust).setKeyCertOptions(keyCert(key, chain));
  }

  private static PemTrustOptions trust(Octets authority) {
    return new PemTrustOptions().addCertValue(pem("CERTIFICATE", authority));
  }

  private static PemKeyCertOptions keyCert(Octets key, List<Octets> chain) {
    Buffer certificates = Buffer.buffer();
    chain.forEach(each -> certificates.appendBuffer(pem("CERTIFICATE", each)));
    return new PemKeyCertOptions().setKeyValue(pem("PRIVATE KEY", key)).setCertValue(certificates);
  }

  private static Buffer pem(String what, Octets bytes) {
    String text = PEM.encodeToString(bytes.bytes());
    return Buffer.buffer(
        "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n");
  }
}
