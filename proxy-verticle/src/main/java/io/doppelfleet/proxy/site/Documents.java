package io.doppelfleet.proxy.site;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** The files beneath one directory, by the paths of requests, and no others. */
public final class Documents {
  private static final String INDEX = "index.html";

  /** Certificate authorities and others who know its keepers ask here (RFC 8615). */
  private static final String WELL_KNOWN = ".well-known";

  private final Path root;

  private Documents(Path root) {
    this.root = root;
  }

  /**
   * Those of a site.
   *
   * @param state the node's own directory
   * @throws IOException with a sentence, where that is no directory of pages alone
   */
  static Documents open(SiteOptions options, Path state) throws IOException {
    Path directory = options.directory();
    if (directory == null) {
      return new Documents(SamplePages.in(state).toRealPath());
    }
    return new Documents(check(directory, List.of(state, options.key())));
  }

  /**
   * Sees to it that a directory is one of pages alone.
   *
   * @param secret what nobody may read; need not exist yet
   * @return where it really is
   * @throws IOException with a sentence, where it is none
   */
  public static Path check(Path directory, List<Path> secret) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException("the site " + directory + " is no directory");
    }
    Path root = directory.toRealPath();
    for (Path own : secret) {
      if (whereItIs(own).startsWith(root)) {
        throw new IOException(
            "the site "
                + directory
                + " holds "
                + own
                + ", which nobody may read: move one of them");
      }
    }
    if (!Files.isReadable(root.resolve(INDEX))) {
      throw new IOException("the site " + directory + " has no " + INDEX + " that can be read");
    }
    return root;
  }

  /** The real path, or what it will be once the last parts of it are made. */
  private static Path whereItIs(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (IOException notThere) {
      Path parent = path.getParent();
      if (parent == null) {
        throw notThere;
      }
      return whereItIs(parent).resolve(path.getFileName());
    }
  }

  /** What a path leads to. */
  sealed interface Found {
    /**
     * A page, a picture.
     *
     * @param file a regular one
     * @param length bytes
     * @param modified with whole seconds, as HTTP has it
     */
    record Document(Path file, long length, Instant modified) implements Found {}

    /** A directory, asked for without the slash that its pages count on. */
    record Directory() implements Found {}

    /** Nothing that is served. */
    record Nothing() implements Found {}

    /** No path. */
    record Malformed() implements Found {}
  }

  /**
   * Looks a request's target up.
   *
   * @param target as in a request line, with or without a query
   */
  Found find(String target) {
    String path;
    try {
      path = new QueryStringDecoder(target).path();
    } catch (IllegalArgumentException e) {
      return new Found.Malformed();
    }
    if (!path.startsWith("/") || path.indexOf('\0') >= 0) {
      return new Found.Malformed();
    }
    Deque<String> segments = new ArrayDeque<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        if (segments.pollLast() == null) {
          return new Found.Malformed();
        }
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    try {
      return find(root.resolve(String.join("/", segments)), path.endsWith("/"));
    } catch (InvalidPathException e) { // no file here can have this name: a matter of the locale
      return new Found.Nothing();
    }
  }

  private Found find(Path asked, boolean slash) {
    return real(asked)
        .map(
            found -> {
              if (!found.attributes.isDirectory()) {
                return slash ? new Found.Nothing() : document(found);
              }
              return slash || found.path.equals(root)
                  ? real(asked.resolve(INDEX)).map(Documents::document).orElse(new Found.Nothing())
                  : new Found.Directory();
            })
        .orElse(new Found.Nothing());
  }

  private static Found document(Real found) {
    return found.attributes.isRegularFile() && Files.isReadable(found.path)
        ? new Found.Document(
            found.path,
            found.attributes.size(),
            found.attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS))
        : new Found.Nothing();
  }

  private record Real(Path path, BasicFileAttributes attributes) {}

  /** What is there once links are followed, if that is still ours to show. */
  private Optional<Real> real(Path asked) {
    try {
      Path real = asked.toRealPath();
      if (!real.startsWith(root) || isHidden(root.relativize(asked))) {
        return Optional.empty();
      }
      return isHidden(root.relativize(real))
          ? Optional.empty()
          : Optional.of(new Real(real, Files.readAttributes(real, BasicFileAttributes.class)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static boolean isHidden(Path relative) {
    for (Path segment : relative) {
      String name = segment.toString();
      if (name.startsWith(".") && !name.equals(WELL_KNOWN)) {
        return true;
      }
    }
    return false;
  }
}
