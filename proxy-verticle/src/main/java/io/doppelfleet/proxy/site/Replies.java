package io.doppelfleet.proxy.site;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.http.MimeMapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.Locale;

/** Answers requests with the documents of a site, as a web server that holds nothing else does. */
final class Replies {
  private static final byte[] NOTHING = {};

  private static final char DELETE = 0x7f;

  /** Of the site's own, for what is not there. */
  private static final String NOT_FOUND = "/404.html";

  private final Documents documents;

  Replies(Documents documents) {
    this.documents = documents;
  }

  /** The answer; never fails. */
  Reply to(HttpRequest request) {
    if (request.decoderResult().isFailure()) {
      return text(unreadable(request.decoderResult().cause()));
    }
    if (isMalformed(request.uri())) {
      return text(HttpResponseStatus.BAD_REQUEST);
    }
    if (request.protocolVersion().equals(HttpVersion.HTTP_1_1)
        && request.headers().getAll(HttpHeaderNames.HOST).size() != 1) {
      return text(HttpResponseStatus.BAD_REQUEST);
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      Reply refusal = text(HttpResponseStatus.METHOD_NOT_ALLOWED);
      refusal.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
      return refusal;
    }
    String target = path(request.uri());
    return switch (documents.find(target)) {
      case Documents.Found.Document found -> document(request, found);
      case Documents.Found.Directory found -> directory(target);
      case Documents.Found.Nothing nothing -> notFound();
      case Documents.Found.Malformed malformed -> text(HttpResponseStatus.BAD_REQUEST);
    };
  }

  /** Whether a request's target has a byte that no target has: a blank or a control byte. */
  static boolean isMalformed(CharSequence target) {
    return target.chars().anyMatch(c -> c <= ' ' || c == DELETE);
  }

  private static HttpResponseStatus unreadable(Throwable cause) {
    return switch (cause) {
      case TooLongHttpLineException line -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
      case TooLongHttpHeaderException header -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
      default -> HttpResponseStatus.BAD_REQUEST;
    };
  }

  /** Of a target that a proxy would be asked for, what comes after the authority. */
  private static String path(String target) {
    int scheme = target.indexOf("://");
    if (scheme < 0 || target.startsWith("/")) {
      return target;
    }
    int slash = target.indexOf('/', scheme + 3);
    return slash < 0 ? "/" : target.substring(slash);
  }

  private Reply document(HttpRequest request, Documents.Found.Document found) {
    String tag =
        String.format(Locale.ROOT, "\"%x-%x\"", found.modified().getEpochSecond(), found.length());
    HttpHeaders headers = headers();
    headers.set(HttpHeaderNames.LAST_MODIFIED, DateFormatter.format(Date.from(found.modified())));
    headers.set(HttpHeaderNames.ETAG, tag);
    Conditions wanted = Conditions.of(request.headers(), tag, found.modified(), found.length());
    return switch (wanted) {
      case Conditions.NotModified same ->
          new Reply(HttpResponseStatus.NOT_MODIFIED, headers, NOTHING, null);
      case Conditions.Failed failed -> text(HttpResponseStatus.PRECONDITION_FAILED);
      case Conditions.Unsatisfiable beyond -> {
        Reply refusal = text(HttpResponseStatus.REQUESTED_RANGE_NOT_SATISFIABLE);
        refusal.headers().set(HttpHeaderNames.CONTENT_RANGE, "bytes */" + found.length());
        yield refusal;
      }
      case Conditions.Whole all -> file(HttpResponseStatus.OK, headers, found, 0, found.length());
      case Conditions.Part part -> {
        headers.set(
            HttpHeaderNames.CONTENT_RANGE,
            "bytes " + part.first() + "-" + part.last() + "/" + found.length());
        yield file(
            HttpResponseStatus.PARTIAL_CONTENT,
            headers,
            found,
            part.first(),
            part.last() + 1 - part.first());
      }
    };
  }

  private static Reply file(
      HttpResponseStatus status,
      HttpHeaders headers,
      Documents.Found.Document found,
      long from,
      long length) {
    headers.set(HttpHeaderNames.ACCEPT_RANGES, HttpHeaderValues.BYTES);
    headers.set(HttpHeaderNames.CONTENT_TYPE, type(found.file().getFileName().toString()));
    headers.set(HttpHeaderNames.CONTENT_LENGTH, length);
    try {
      return new Reply(status, headers, NOTHING, new FileBody(found.file(), from, length));
    } catch (IOException e) { // it was removed a moment ago
      return text(HttpResponseStatus.NOT_FOUND);
    }
  }

  static String type(String name) {
    String type = MimeMapping.mimeTypeForFilename(name);
    if (type == null) {
      return "application/octet-stream";
    }
    return type.startsWith("text/") || type.endsWith("javascript") || type.endsWith("json")
        ? type + "; charset=utf-8"
        : type;
  }

  private static Reply directory(String target) {
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    // Two slashes would lead to another host.
    String location = "/" + path.replaceAll("^/+", "") + "/";
    Reply moved = text(HttpResponseStatus.MOVED_PERMANENTLY);
    moved
        .headers()
        .set(HttpHeaderNames.LOCATION, query < 0 ? location : location + target.substring(query));
    return moved;
  }

  private Reply notFound() {
    if (documents.find(NOT_FOUND) instanceof Documents.Found.Document page) {
      HttpHeaders headers = headers();
      Reply reply = file(HttpResponseStatus.NOT_FOUND, headers, page, 0, page.length());
      reply.headers().remove(HttpHeaderNames.ACCEPT_RANGES);
      return reply;
    }
    return text(HttpResponseStatus.NOT_FOUND);
  }

  private static Reply text(HttpResponseStatus status) {
    byte[] page =
        ("<!doctype html>\n<html lang=\"en\">\n<title>"
                + status
                + "</title>\n<h1>"
                + status.reasonPhrase()
                + "</h1>\n</html>\n")
            .getBytes(StandardCharsets.UTF_8);
    HttpHeaders headers = headers();
    headers.set(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8");
    headers.set(HttpHeaderNames.CONTENT_LENGTH, page.length);
    return new Reply(status, headers, page, null);
  }

  private static HttpHeaders headers() {
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    headers.set(HttpHeaderNames.DATE, DateFormatter.format(Date.from(Instant.now())));
    return headers;
  }
}
