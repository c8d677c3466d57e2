package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.state.Context;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.NotSslRecordException;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A control's address over TCP, and the token that opens it.
 *
 * @param token null: none yet, which is refused
 */
record WebDoor(ControlUrl url, @Nullable String token, Trust trust) implements Door {
  private static final int CONNECT_MILLIS = 10_000;

  /** That of a context. */
  static WebDoor of(Context context) throws CommandException {
    return new WebDoor(ControlUrl.parse(context.url()), context.token(), Trust.of(context));
  }

  @Override
  public HttpClientOptions client() {
    HttpClientOptions options = new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS);
    if (url.tls()) {
      trust.applyTo(options);
    }
    return options;
  }

  @Override
  public RequestOptions request() {
    RequestOptions request =
        new RequestOptions()
            .setHost(url.address().host())
            .setPort(url.address().port())
            .setSsl(url.tls());
    return token == null
        ? request
        : request.putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + token);
  }

  @Override
  public void check() {}

  @Override
  public CommandException unreachable(Throwable why) {
    String host = url.address().host();
    for (Throwable each = why; each != null; each = each.getCause()) {
      String said =
          switch (each) {
            case UnknownHostException _ ->
                host + " has no address: check its spelling, or this machine's name service";
            case NoRouteToHostException _ ->
                "there is no route from here to " + host + ": check the network, or a firewall";
            case ConnectTimeoutException _ ->
                url.address() + " doesn't answer: check the port, or a firewall that drops";
            case ConnectException e ->
                isRefusal(e)
                    ? "nobody listens at "
                        + url.address()
                        + ": does the control run, and is its control.listen that address?"
                    : "there is no way from here to " + host + ": check the network";
            case NotSslRecordException _ -> url.address() + " speaks no TLS: set control.tls there";
            case CertificateException e -> untrusted(e);
            default -> null;
          };
      if (said != null) {
        return CommandException.failed(said);
      }
    }
    return CommandException.failed(
        why instanceof SSLException
            ? "TLS with " + url.address() + " failed: " + why.getMessage()
            : url + " gave no answer: " + why.getMessage());
  }

  private static boolean isRefusal(ConnectException e) {
    return String.valueOf(e.getMessage()).contains("refused");
  }

  private String untrusted(CertificateException e) {
    String why = e.getMessage();
    return trust.fingerprint() != null
        ? "the certificate of "
            + url.address()
            + " is another than the context's ("
            + why
            + "): if it was renewed, context add pins the new one; else somebody is between"
        : "the certificate of "
            + url.address()
            + " isn't trusted ("
            + why
            + "): --ca FILE says whom to trust, or context add pins it";
  }

  @Override
  public CommandException noApi(int status) {
    return CommandException.failed(
        status == 400 && !url.tls()
            ? url.address() + " answers with 400: is it https:// ?"
            : "what answers at " + url + " (with " + status + ") is no control's API");
  }

  @Override
  public CommandException refused(int status, String detail, @Nullable String after) {
    return switch (status) {
      case 401 ->
          CommandException.barred(
              "the control doesn't know the token, it has expired or was revoked: token add where"
                  + " the control is makes one");
      case 403 -> CommandException.barred(detail);
      case 404 ->
          CommandException.wrong(
              detail.startsWith("there is nothing at ")
                  ? "the control at "
                      + url
                      + " is older than this command, and can't do it: "
                      + detail
                  : detail);
      case 429 ->
          CommandException.failed(
              "too many have asked: "
                  + (after == null ? "later" : "in " + after + " s")
                  + " would be right");
      default -> status >= 500 ? CommandException.failed(detail) : CommandException.wrong(detail);
    };
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "WebDoor[" + url + "]";
  }
}
