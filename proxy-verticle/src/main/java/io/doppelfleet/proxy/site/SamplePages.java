package io.doppelfleet.proxy.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The included site: the pages of some people who garden, bake, look at birds or ride bicycles.
 * They are written once, at random, so that no two nodes have the same pages, and stay as they are;
 * the operator may change them.
 */
final class SamplePages {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH);
  private static final String[] FONTS = {
    "Georgia, serif", "system-ui, sans-serif", "Charter, Cambria, serif", "Verdana, sans-serif"
  };
  private static final String[] JOURNALS = {"journal", "notes", "diary", "log", "notebook"};
  private static final String[] ABOUTS = {"about", "who", "people", "us"};

  private final RandomGenerator random;
  private final LocalDate today;
  private final Words words;
  private final String site;
  private final String journal;
  private final String about;

  private SamplePages(RandomGenerator random, LocalDate today) {
    this.random = random;
    this.today = today;
    this.words = new Words(random);
    this.site = words.text("@title");
    this.journal = JOURNALS[random.nextInt(JOURNALS.length)];
    this.about = ABOUTS[random.nextInt(ABOUTS.length)];
  }

  /**
   * The directory of pages in a state directory; made where it is not there.
   *
   * @throws IOException with a sentence for the operator
   */
  static Path in(Path state) throws IOException {
    Path directory = state.resolve("site");
    if (Files.exists(directory)) {
      return directory;
    }
    try {
      Path unfinished = Files.createTempDirectory(state, "site");
      new SamplePages(new SecureRandom(), LocalDate.now(ZoneOffset.UTC)).write(unfinished);
      return Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IOException("the included pages can't be put into " + directory, e);
    }
  }

  /** Writes other pages for each state of the generator, the same for the same. */
  static void write(Path directory, RandomGenerator random, LocalDate today) throws IOException {
    new SamplePages(random, today).write(directory);
  }

  private void write(Path directory) throws IOException {
    String lead = words.text("@lead");
    List<String> entries = entries(30 + random.nextInt(40));
    String picture = Picture.landscape(random, 1_500 + random.nextInt(2_500));
    page(
        directory.resolve("index.html"),
        site,
        "<h1>"
            + site
            + "</h1>\n<p>"
            + lead
            + "</p>\n"
            + "<img src=\"/view.svg\" alt=\"A landscape with hills and trees\" width=\"1200\" height=\"600\">\n"
            + String.join("", entries.subList(0, 2 + random.nextInt(3)))
            + "<p><a href=\"/"
            + journal
            + ".html\">All of it</a></p>");
    page(
        directory.resolve(journal + ".html"),
        capital(journal),
        "<h1>" + capital(journal) + "</h1>\n" + String.join("", entries));
    page(
        directory.resolve(about + ".html"),
        capital(about),
        "<h1>"
            + capital(about)
            + "</h1>\n<p>"
            + words.text("about")
            + "</p>\n<p>"
            + words.text("visit")
            + "</p>");
    page(
        directory.resolve("404.html"),
        "Not found",
        "<h1>Not found</h1>\n<p>" + words.text("lost") + "</p>");
    Files.writeString(directory.resolve("view.svg"), picture);
    Files.writeString(directory.resolve("icon.svg"), Picture.icon(random));
    Files.writeString(directory.resolve("style.css"), style());
  }

  private void page(Path file, String title, String body) throws IOException {
    String links =
        Stream.of("/", "/" + journal + ".html", "/" + about + ".html")
            .map(path -> "<a href=\"" + path + "\">" + label(path) + "</a>")
            .collect(Collectors.joining("\n"));
    Files.writeString(
        file,
        Words.resource("page.html")
            .replace("{{title}}", title.equals(site) ? site : title + " · " + site)
            .replace("{{site}}", site)
            .replace("{{links}}", links)
            .replace("{{body}}", body)
            .replace("{{foot}}", words.text("visit")));
  }

  private static String label(String path) {
    return path.equals("/") ? "Home" : capital(path.substring(1, path.indexOf('.')));
  }

  private static String capital(String word) {
    return Character.toUpperCase(word.charAt(0)) + word.substring(1);
  }

  /** The newest first. */
  private List<String> entries(int count) {
    List<String> entries = new ArrayList<>();
    LocalDate day = today;
    for (int i = 0; i < count; i++) {
      day = day.minusDays(2 + random.nextInt(9));
      StringBuilder entry = new StringBuilder();
      entry.append("<h2>").append(words.text("@head")).append("</h2>\n");
      entry.append("<p><time datetime=\"").append(day).append("\">").append(DAY.format(day));
      entry.append("</time></p>\n<p>").append(words.text("entry")).append("</p>\n");
      for (int more = random.nextInt(4); more > 0; more--) {
        entry.append("<p>").append(words.text("more")).append(' ');
        entry.append(words.text("more")).append("</p>\n");
      }
      entries.add(entry.toString());
    }
    return entries;
  }

  private String style() {
    int hue = random.nextInt(360);
    return Words.resource("style.css")
        .replace("{{hue}}", String.valueOf(hue))
        .replace("{{other}}", String.valueOf((hue + 90 + random.nextInt(180)) % 360))
        .replace("{{width}}", String.valueOf(36 + random.nextInt(12)))
        .replace("{{size}}", String.valueOf(100 + random.nextInt(13)))
        .replace("{{leading}}", "1." + (45 + random.nextInt(25)))
        .replace("{{radius}}", String.valueOf(random.nextInt(17)))
        .replace("{{font}}", FONTS[random.nextInt(FONTS.length)]);
  }
}
