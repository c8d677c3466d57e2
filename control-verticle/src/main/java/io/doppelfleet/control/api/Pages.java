package io.doppelfleet.control.api;

import io.doppelfleet.control.access.Credential;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The dashboard's files, which are in our jars: each at its own path, and nothing else. */
public final class Pages {
  private static final String OURS = "/io/doppelfleet/control/web/";
  private static final String WEB_JARS = "/META-INF/resources/webjars/";

  private static final List<String> FILES =
      List.of(
          "account.js",
          "api.js",
          "app.js",
          "audit.js",
          "bans.js",
          "chart.js",
          "copy.js",
          "dialog.js",
          "fleet.js",
          "format.js",
          "icon.svg",
          "language.js",
          "limits.js",
          "lists.js",
          "rates.js",
          "revisions.js",
          "secrets.js",
          "settings.js",
          "sign-in.js",
          "style.css",
          "table.js",
          "text.js",
          "text/en.js",
          "text/fa.js",
          "text/ru.js",
          "traffic.js");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private final Map<String, Page> pages = new HashMap<>();

  private Pages() {}

  private record Page(Buffer bytes, String type, String etag) {}

  /** Reads them all, some tens of KiB. */
  public static Pages read() {
    Pages all = new Pages();
    all.add("/", OURS + "index.html");
    for (String file : FILES) {
      all.add("/" + file, OURS + file);
    }
    all.add("/lib/lit-html.js", WEB_JARS + "lit-html/3.2.1/lit-html.js");
    return all;
  }

  private void add(String path, String resource) {
    try (InputStream in = Pages.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing");
      }
      byte[] bytes = in.readAllBytes();
      String type = TYPES.get(resource.substring(resource.lastIndexOf('.') + 1));
      String etag = Credential.hash(new String(bytes, StandardCharsets.ISO_8859_1));
      pages.put(path, new Page(Buffer.buffer(bytes), String.valueOf(type), "\"" + etag + "\""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void addTo(Router router) {
    pages.forEach((path, page) -> router.get(path).handler(context -> send(context, page)));
  }

  /** A browser asks each time whether it is still the same. */
  private static void send(RoutingContext context, Page page) {
    HttpServerResponse response = context.response();
    response.putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
    response.putHeader(HttpHeaders.ETAG, page.etag);
    if (page.etag.equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
      response.setStatusCode(304).end();
    } else {
      response.putHeader(HttpHeaders.CONTENT_TYPE, page.type).end(page.bytes);
    }
  }
}
