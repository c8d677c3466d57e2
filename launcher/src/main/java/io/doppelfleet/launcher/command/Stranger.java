package io.doppelfleet.launcher.command;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.net.TrustOptions;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * A control whose certificate was never seen. It is shown no token before it is believed.
 *
 * @param trust what is believed so far
 */
record Stranger(ControlUrl url, Trust trust) {
  /** Asks the operator, who may say yes. */
  interface Question {
    boolean isYes(String text);
  }

  /**
   * What to believe from now on: what was, where that is enough; else the one certificate that was
   * shown, once the operator has compared it.
   *
   * @throws CommandException when there is no answer, or the answer is no
   */
  Trust trust(Question question) throws CommandException {
    WebDoor door = new WebDoor(url, null, trust);
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1));
    try {
      Throwable failure = failure(vertx, door.client(), door);
      if (failure == null) {
        return trust;
      }
      if (!isUntrusted(failure) || trust.authority() != null) {
        throw door.unreachable(failure);
      }
      PinnedCertificate look = new PinnedCertificate(PinnedCertificate.NONE);
      HttpClientOptions options = door.client().setVerifyHost(false);
      Throwable refused = failure(vertx, options.setTrustOptions(TrustOptions.wrap(look)), door);
      String shown = look.shown();
      if (shown == null) {
        throw door.unreachable(refused == null ? failure : refused);
      }
      String written = PinnedCertificate.written(shown);
      if (!question.isYes(
          "The certificate of "
              + url.address()
              + " isn't signed by anybody whom Java believes. Its SHA-256 fingerprint is\n  "
              + written
              + "\nThat of the control is said, where it is, by\n"
              + "  openssl x509 -noout -fingerprint -sha256 -in CERTIFICATE\nThe same")) {
        throw CommandException.failed(
            "the certificate of "
                + url.address()
                + " isn't trusted: --ca FILE, or, if it is the control's own, --fingerprint "
                + written);
      }
      return new Trust(null, shown);
    } finally {
      vertx.close().await();
    }
  }

  private static boolean isUntrusted(Throwable failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (each instanceof CertificateException || each instanceof SSLHandshakeException) {
        return true;
      }
    }
    return false;
  }

  /** Why no request can be begun; null: it can. */
  private static @Nullable Throwable failure(Vertx vertx, HttpClientOptions options, WebDoor door) {
    HttpClient client = vertx.createHttpClient(options);
    try {
      client
          .request(door.request().setMethod(HttpMethod.GET).setURI("/"))
          .await()
          .exceptionHandler(over -> {}); // nothing is sent by it
      return null;
    } catch (Exception e) { // await() throws checked ones too
      return e;
    }
  }
}
