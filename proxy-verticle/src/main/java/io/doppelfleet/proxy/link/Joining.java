package io.doppelfleet.proxy.link;

import io.doppelfleet.fleet.JoinToken;
import io.doppelfleet.fleet.LinkMessage;
import io.doppelfleet.fleet.Octets;
import io.doppelfleet.fleet.link.Frames;
import io.doppelfleet.fleet.link.Tls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** How a machine becomes a node: it makes a key pair and has it certified, for a token. */
public final class Joining implements Frames.Receiver {
  private static final int SEAL_LENGTH = 32;
  private static final int CONNECT_MILLIS = 10_000;
  private static final long ANSWER_SECONDS = 20;

  private final JoinToken token;
  private final KeyPair keys;
  private final SecureRandom random;
  private final Promise<NodeIdentity> joined = Promise.promise();

  private Joining(JoinToken token, KeyPair keys, SecureRandom random) {
    this.token = token;
    this.keys = keys;
    this.random = random;
  }

  /**
   * Brings a token to its control. Fails with an {@link IOException} that says to the operator why
   * it didn't do; the token is good still, unless the control says otherwise.
   */
  public static Future<NodeIdentity> join(Vertx vertx, JoinToken token, SecureRandom random) {
    Joining joining = new Joining(token, keys(random), random);
    NetClient client = vertx.createNetClient(); // kept: one that nobody refers to is closed
    return client
        .connect(
            new ConnectOptions()
                .setHost(token.control().host())
                .setPort(token.control().port())
                .setSsl(true)
                .setSslOptions(Tls.client(TrustOptions.wrap(new PinnedAuthority(token))))
                .setTimeout(CONNECT_MILLIS))
        .recover(failure -> Future.failedFuture(joining.unreachable(failure)))
        .compose(joining::ask)
        .timeout(ANSWER_SECONDS, TimeUnit.SECONDS)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof IOException
                        ? failure
                        : new IOException("the control at " + token.control() + " says nothing")))
        .eventually(client::close);
  }

  private static KeyPair keys(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  private IOException unreachable(Throwable failure) {
    return failure instanceof SSLException
        ? new IOException(
            "what answers at "
                + token.control()
                + " is not the control that made the token ("
                + failure.getMessage()
                + ")",
            failure)
        : new IOException(
            "the control can't be reached at "
                + token.control()
                + ": "
                + failure.getMessage()
                + "; the token is good still",
            failure);
  }

  private Future<NodeIdentity> ask(NetSocket socket) {
    socket.closeHandler(
        closed ->
            joined.tryFail(
                new IOException(
                    "the control at " + token.control() + " hung up: ask for a new token")));
    socket.handler(new Frames(this));
    socket.write(
        Frames.of(
            new LinkMessage.Join(
                Octets.of(token.secret()), Octets.of(keys.getPublic().getEncoded()))));
    return joined.future();
  }

  @Override
  public void link(LinkMessage message) {
    switch (message) {
      case LinkMessage.Joined answer -> {
        byte[] seal = new byte[SEAL_LENGTH];
        random.nextBytes(seal);
        NodeIdentity identity =
            new NodeIdentity(
                answer.name(),
                answer.sender(),
                token.control(),
                Octets.of(keys.getPrivate().getEncoded()),
                answer.certificate(),
                answer.authority(),
                answer.states(),
                Octets.of(seal));
        identity.statesKey(); // or it would be of no use
        joined.tryComplete(identity);
      }
      case LinkMessage.Refusal refusal ->
          joined.tryFail(new IOException("the control refused: " + refusal.why()));
      default -> broken("it says what doesn't belong there");
    }
  }

  @Override
  public void told(Buffer text) {
    broken("it says what doesn't belong there");
  }

  @Override
  public void hellos(Buffer text) {
    told(text);
  }

  @Override
  public void asked(int question, Buffer text) {
    broken("it asks");
  }

  @Override
  public void answered(int question, Buffer text) {
    broken("it answers what nobody asked");
  }

  @Override
  public void broken(String why) {
    joined.tryFail(
        new IOException("the control at " + token.control() + " can't be understood: " + why));
  }
}
