package io.doppelfleet.bench.stealth.scene;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The web site's files: a front page, small ones as a chat's answers are, large ones as pictures
 * and films are, and one to download. The same in every run. There are so many that the lengths
 * themselves are no signature: who knows the site's pages by heart is a matter of its own.
 *
 * @param directory where they lie
 * @param small paths of {@link #SMALL} pages, 200 bytes to 16 KB
 * @param large paths of {@link #LARGE} pages, 200 KB to 4 MB
 */
public record Pages(Path directory, List<String> small, List<String> large) {
  /** The front page. */
  public static final String FRONT = "/index.html";

  /** The longest. */
  public static final String DOWNLOAD = "/download.bin";

  /** Bytes of {@link #DOWNLOAD}. */
  public static final int DOWNLOAD_LENGTH = 4_000_000;

  private static final int SMALL = 3_000;
  private static final int LARGE = 400;
  private static final int FRONT_LENGTH = 3_000;

  /** Pages of each kind that the front page leads to: a visitor who looks round meets both. */
  private static final int LINKED = 3;

  private static final int SHORTEST_SMALL = 200;
  private static final int LONGEST_SMALL = 16_000;
  private static final int SHORTEST_LARGE = 200_000;
  private static final int LONGEST_LARGE = 4_000_000;
  private static final long SEED = 11;

  /** Writes them. */
  public static Pages write(Path directory) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    file(directory, DOWNLOAD, DOWNLOAD_LENGTH);
    List<String> small = new ArrayList<>();
    for (int i = 0; i < SMALL; i++) {
      small.add(file(directory, "/note" + i + ".html", smallLength(random)));
    }
    List<String> large = new ArrayList<>();
    for (int i = 0; i < LARGE; i++) {
      large.add(file(directory, "/film" + i + ".bin", largeLength(random)));
    }
    Files.writeString(directory.resolve(FRONT.substring(1)), front(small, large));
    return new Pages(directory, List.copyOf(small), List.copyOf(large));
  }

  private static String front(List<String> small, List<String> large) {
    String links =
        Stream.concat(small.stream().limit(LINKED), large.stream().limit(LINKED))
            .map(path -> "<p><a href=\"" + path + "\">" + path + "</a>\n")
            .collect(Collectors.joining());
    String page = "<!doctype html><title>Films and notes</title>\n" + links;
    return page + " ".repeat(FRONT_LENGTH - page.length());
  }

  private static int smallLength(SplittableRandom random) {
    return between(SHORTEST_SMALL, LONGEST_SMALL, random);
  }

  private static int largeLength(SplittableRandom random) {
    return between(SHORTEST_LARGE, LONGEST_LARGE, random);
  }

  private static int between(int least, int most, SplittableRandom random) {
    return (int) Math.round(least * Math.pow((double) most / least, random.nextDouble()));
  }

  private static String file(Path directory, String path, int length) throws IOException {
    // Zeros that take no room on the disk; nobody compresses them.
    try (RandomAccessFile file =
        new RandomAccessFile(directory.resolve(path.substring(1)).toFile(), "rw")) {
      file.setLength(length);
    }
    return path;
  }
}
