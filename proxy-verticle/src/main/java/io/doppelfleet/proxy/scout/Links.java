package io.doppelfleet.proxy.scout;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/** What a browser would get next: the paths on the same site that a page names. */
final class Links {
  /** More than one of a browser's first requests has, of each. */
  private static final int LONGEST_LINK = 2_000;

  private static final int MOST_SEEN = 256;
  private static final int MOST = 64;
  private static final int LONGEST_PAGE = 64 * 1024;

  private Links() {}

  /**
   * Paths with their queries: first what the page is made of, then the pages that it leads to.
   *
   * @param host the site's name
   * @param from the page's own path
   */
  static List<String> of(Web.Answer page, String host, String from) {
    Map<String, String> headers = page.headers();
    Set<String> parts = new LinkedHashSet<>();
    Set<String> pages = new LinkedHashSet<>();
    if (page.status() >= 300 && page.status() < 400) {
      add(parts, headers.getOrDefault("location", ""), host, from);
    } else if (headers.getOrDefault("content-type", "").contains("html")) {
      Tags tags = new Tags(text(page));
      for (int i = 0; i < MOST_SEEN && parts.size() + pages.size() < MOST && tags.next(); i++) {
        add("a".equalsIgnoreCase(tags.tag()) ? pages : parts, tags.link(), host, from);
      }
    }
    List<String> all = new ArrayList<>(parts);
    pages.stream().filter(path -> path.indexOf('?') < 0).forEach(all::add);
    return all;
  }

  private static void add(Set<String> to, String link, String host, String from) {
    if (link.length() > LONGEST_LINK) {
      return;
    }
    try {
      URI uri = URI.create("https://" + host + from).resolve(link.replace("&amp;", "&"));
      String path = uri.getRawPath();
      if ("https".equals(uri.getScheme())
          && host.equals(String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT))
          && path != null) {
        String query = uri.getRawQuery();
        to.add((path.startsWith("/") ? path : "/" + path) + (query == null ? "" : "?" + query));
      }
    } catch (IllegalArgumentException e) {
      // No link that a browser would follow either.
    }
  }

  private static String text(Web.Answer page) {
    byte[] body = page.body();
    if ("gzip".equalsIgnoreCase(page.headers().get("content-encoding"))) {
      try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
        body = in.readNBytes(LONGEST_PAGE);
      } catch (IOException e) { // kept in part, or no gzip at all
        return "";
      }
    }
    return new String(body, 0, Math.min(body.length, LONGEST_PAGE), StandardCharsets.ISO_8859_1);
  }
}
