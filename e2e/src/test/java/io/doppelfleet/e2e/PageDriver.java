package io.doppelfleet.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Chromium under Playwright, as a process of its own that asks for what happens around its pages.
 */
final class PageDriver implements AutoCloseable {
  /** Where pictures of pages are left. */
  private static final Path PICTURES = Path.of("target/pages");

  private final Process process;
  private final Path error;
  private final Writer in;
  private final BufferedReader out;

  private PageDriver(Process process, Path error) {
    this.process = process;
    this.error = error;
    this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
    this.out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What is done around the pages. */
  interface Around {
    /** Does what was asked for; fails where that can't be. */
    void perform(JsonObject asked) throws Exception;
  }

  /** Has a browser follow the first administrator's link, and do the rest. */
  static PageDriver start(Path directory, String link) throws IOException {
    NodeModules.file("playwright-core/index.js");
    Path error = directory.resolve("pages.err");
    PageDriver driver =
        new PageDriver(
            new ProcessBuilder("node", "src/test/node/pages.js")
                .redirectError(error.toFile())
                .start(),
            error);
    driver.say(
        new JsonObject().put("link", link).put("pictures", PICTURES.toAbsolutePath().toString()));
    return driver;
  }

  private void say(JsonObject said) throws IOException {
    in.write(said.encode() + "\n");
    in.flush();
  }

  /** Does what it asks for until it has ended, which has to be in success. */
  void run(Around around) throws Exception {
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      around.perform(new JsonObject(line));
      say(new JsonObject());
    }
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("the pages: " + Files.readString(error)).isZero();
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
