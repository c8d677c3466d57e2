package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Credential;
import io.doppelfleet.control.store.Access;
import io.doppelfleet.control.store.Account;
import io.doppelfleet.control.store.ApiToken;
import io.doppelfleet.control.store.StoreException;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Says who asks over TCP: a program by its token, a person by the session of their browser. */
public final class Gate implements Callers {
  private static final String BEARER = "Bearer ";

  /** With this a browser says that it shows our pages, and no other's. */
  private static final String CSRF = "X-CSRF-Token";

  private final Access access;
  private final Guests guests;
  private final Host host;

  /** Hears on which connections something is brought. */
  public interface Host {
    /** Whether what was brought there is good, when it was looked up. */
    void shown(HttpConnection connection, boolean good);
  }

  /**
   * For what this store knows.
   *
   * @param worker may be blocked by it
   * @param host is told of each that brings something
   */
  public Gate(Access access, WorkerExecutor worker, Host host) {
    this.access = access;
    this.guests = new Guests(worker);
    this.host = host;
  }

  @Override
  public Future<Caller> of(RoutingContext context) {
    HttpServerRequest request = context.request();
    String origin = request.remoteAddress().hostAddress();
    Caller nobody = Caller.nobody(String.valueOf(origin));
    String site = request.getHeader("Sec-Fetch-Site");
    if (site != null && !site.equals("same-origin") && !site.equals("none")) {
      return Future.failedFuture(
          Problem.of(
              403, "another site's page may not ask: its browser said " + Call.quoted(site)));
    }
    String authorization = request.getHeader(HttpHeaders.AUTHORIZATION);
    if (authorization != null) {
      return program(request, nobody, authorization);
    }
    Cookie cookie = request.getCookie(Sessions.cookie(request.isSSL()));
    if (cookie == null || !Credential.SESSION.isPerhaps(cookie.getValue())) {
      return Future.succeededFuture(nobody);
    }
    String session = cookie.getValue();
    String hash = Credential.hash(session);
    return guests
        .take(nobody.origin(), hash, () -> person(nobody, session, hash, request))
        .onComplete(looked -> tell(looked, request));
  }

  /** Where it couldn't be looked up it stays as it was. */
  private void tell(AsyncResult<Caller> looked, HttpServerRequest request) {
    if (looked.succeeded() && looked.result().role() != null) {
      host.shown(request.connection(), true);
    } else if (looked.succeeded() || Guests.isOfNoUse(looked.cause())) {
      host.shown(request.connection(), false);
    }
  }

  private Future<Caller> program(HttpServerRequest request, Caller nobody, String authorization) {
    String token =
        authorization.startsWith(BEARER) ? authorization.substring(BEARER.length()).strip() : "";
    if (!Credential.TOKEN.isPerhaps(token)) {
      return Future.failedFuture(noToken());
    }
    String hash = Credential.hash(token);
    return guests
        .take(nobody.origin(), hash, () -> program(nobody, hash))
        .onComplete(looked -> tell(looked, request));
  }

  private Caller program(Caller nobody, String hash) throws Problem, StoreException {
    ApiToken known = access.tokens().of(hash).orElseThrow(Gate::noToken);
    return Caller.program(known, nobody.origin(), hash);
  }

  private static Problem noToken() {
    return Problem.of(
        401,
        "Authorization",
        "has no token that is good: \"Bearer \" and one of token add would be right");
  }

  private Caller person(Caller nobody, String session, String hash, HttpServerRequest request)
      throws Problem, StoreException {
    Account account = access.accounts().session(hash).orElse(null);
    if (account == null) {
      return nobody;
    }
    if (changes(request.method()) && !isOurs(session, request.getHeader(CSRF))) {
      throw Problem.of(403, CSRF, "isn't that of this session: GET /session says it");
    }
    return Caller.person(account, nobody.origin(), session);
  }

  private static boolean changes(HttpMethod method) {
    return !method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD);
  }

  private static boolean isOurs(String session, @Nullable String said) {
    return said != null
        && MessageDigest.isEqual(
            Sessions.csrf(session).getBytes(StandardCharsets.UTF_8),
            said.getBytes(StandardCharsets.UTF_8));
  }
}
