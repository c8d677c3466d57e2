package io.doppelfleet.launcher.config;

import static io.doppelfleet.launcher.config.Written.file;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.PrefixList;
import io.doppelfleet.fleet.address.Danger;
import io.doppelfleet.proxy.list.ListOptions;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written of lists. */
class ListsReaderTest {
  private static List<ListOptions> lists(String written) throws Exception {
    return file("proxy: {listen: ['0.0.0.0:443', '[::1]:8443'], lists: {" + written + "}}")
        .configuration()
        .lists();
  }

  @Test
  void everyKeyHasItsEffect() throws Exception {
    assertThat(
            lists(
                "a: {from: 'https://a.bc/d?key=e,f', every: 5m, on: '[::1]:8443', confirm:"
                    + " [private, everything]}, b: {from: /nowhere/list.txt, use: allow, confirm:"
                    + " [private, bogon, fewer]}"))
        .containsExactly(
            new ListOptions(
                "a",
                PrefixList.Use.REFUSE,
                new ListOptions.Place.Web(URI.create("https://a.bc/d?key=e,f")),
                Duration.ofMinutes(5),
                Set.of(1),
                Set.of(Danger.PRIVATE, Danger.EVERYTHING)),
            new ListOptions(
                "b",
                PrefixList.Use.ALLOW,
                new ListOptions.Place.Disk(Path.of("/nowhere/list.txt")),
                ListOptions.EVERY,
                Set.of(),
                Set.of(Danger.PRIVATE, Danger.BOGON, Danger.FEWER)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:8080/a",
        "http://localhost/a",
        "http://[::1]/a",
        "http://192.168.7.7/a",
        "http://[fd00::7]/a"
      })
  void plainHttpIsForNearServers(String url) throws Exception {
    assertThat(lists("a: {from: '" + url + "'}")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: x|a: keys beneath it are right: {from: FILE or URL}",
        "a b: {from: x}|a b.from: a name of 1 to 32 letters, digits, _ and - is right",
        "a: {use: deny}|a.use: the list needs proxy.lists.a.from too, a file or a URL",
        "a: {from: 'https://a.bc/d', uses: deny}|a.uses: a list has no such key: did you mean use?",
        "a: {from: 'https://a.bc/d', use: ban}|a.use: \"ban\": deny or allow is right",
        "a: {from: 'https://a.bc/d', every: 1}|a.every: \"1\": a time with its unit is right, like"
            + " 500ms, 5s, 2m, 1h or 7d",
        "a: {from: 'https://a.bc/d', every: 31d}|a.every: \"31d\": 1s to 30d is right",
        "a: {from: 'https://a.bc/d', on: '0.0.0.0:80'}|a.on: nobody listens there: proxy.listen has"
            + " to have the address, written the same",
        "a: {from: 'https://a.bc/d', on: []}|a.on: it is empty: addresses of proxy.listen, or leave"
            + " the key out",
        "a: {from: 'https://a.bc/d', confirm: all}|a.confirm: \"all\": everything, private, bogon,"
            + " fewer are right",
        "a: {from: 'https://a.bc/d', use: allow, confirm: everything}|a.confirm: everything is for"
            + " lists that deny: leave it out",
        "a: {from: 'https://a.bc:65536/d'}|a.from: a port in 1..65535 is right, or none",
        "a: {from: ''}|a.from: it is empty: a file or a URL is right",
        "a: {from: 'https://me:hidden@a.bc/d'}|a.from: a file's path or https://HOST/PATH is right,"
            + " without a user's name and without #",
        "a: {from: 'ftp://a.bc/d'}|a.from: a file's path or https://HOST/PATH is right, without a"
            + " user's name and without #",
        "a: {from: 'http://a.bc/d'}|a.from: https is right: whoever is on the way could say who meets"
            + " the cover; http is for addresses of this machine and of private networks",
      })
  void aMistakeIsToldWithWhatWouldBeRight(String written, String mistake) {
    assertThat(
            file("proxy: {listen: '0.0.0.0:443', lists: {" + written + "}}").mistakes().getFirst())
        .isEqualTo("f:1: proxy.lists." + mistake);
  }

  @Test
  void aFileIsAskedAtNoTimes() {
    assertThat(file("proxy: {lists: {a: {from: /nowhere/list.txt, every: 5m}}}").mistakes())
        .containsExactly(
            "f:1: proxy.lists.a.every: a file is taken seconds after it changes: this is for URLs");
  }

  @Test
  void sixteenAreTheMost() {
    String seventeen =
        IntStream.range(0, 17)
            .mapToObj(i -> "a" + i + ": {from: 'https://a.bc/d'}")
            .collect(Collectors.joining(", "));
    assertThat(file("proxy: {lists: {" + seventeen + "}}").mistakes())
        .containsExactly("f:1: proxy.lists.a16.from: 16 lists are the most: put some together");
  }
}
