package io.doppelfleet.proxy.list;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.PrefixSet;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists as they are found in the world. */
final class ListReaderTest {
  private static ListReader.Reading read(String text) throws IOException {
    return read(text, Budget.MOST);
  }

  private static ListReader.Reading read(String text, long room) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Budget(room).read(() -> new ByteArrayInputStream(bytes));
  }

  private static boolean has(PrefixSet set, String address) {
    AddressBits bits = AddressBits.of(InetAddress.ofLiteral(address));
    return set.contains(bits.high(), bits.low());
  }

  @Test
  void commentsPrefixesAddressesAndRangesOfBothFamiliesAreRead() throws Exception {
    ListReader.Reading reading =
        read(
            """
            \ufeff# A list, as FireHOL has it
            #
            ; and as others do

            192.0.2.0/24
              198.51.100.7  # a single one
            1.10.16.0/20 ; SBL256894
            5.6.7.8-5.6.7.11
            5.6.8.0 - 5.6.9.255\t# two prefixes
            5.6.10.77/24 ; bits beyond the length\r
            2001:db8::/32
            2001:db9::7
            ::ffff:203.0.113.9
            2001:dba::1-2001:dba::4
            """);
    assertThat(reading.bad()).isZero();
    PrefixSet set = reading.addresses();
    for (String in :
        List.of(
            "192.0.2.255",
            "198.51.100.7",
            "1.10.31.255",
            "5.6.7.8",
            "5.6.7.11",
            "5.6.9.255",
            "5.6.10.0",
            "2001:db8:ffff::1",
            "2001:db9::7",
            "203.0.113.9",
            "2001:dba::1",
            "2001:dba::4")) {
      assertThat(has(set, in)).as(in).isTrue();
    }
    for (String out :
        List.of(
            "192.0.3.0",
            "198.51.100.8",
            "5.6.7.7",
            "5.6.7.12",
            "5.6.7.255",
            "5.6.11.0",
            "2001:db9::8",
            "203.0.113.8",
            "2001:dba::",
            "2001:dba::5")) {
      assertThat(has(set, out)).as(out).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.1",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.4/33",
        "1.2.3.4/",
        "1.2.3.4/-1",
        "1.2.3.4/24/8",
        "1.2.3.4/255.255.255.0",
        "1.2.3.4-",
        "1.2.3.9-1.2.3.4",
        "1.2.3.4-::1",
        "1.2.3.4-1.2.3.5-1.2.3.6",
        "1.2.3.4, 1.2.3.5",
        "1.2.3.4 1.2.3.5",
        "2001:db8::/129",
        "2001:db8::1::2",
        "[::1]",
        "fe80::1%eth0",
        "example.org",
        "<html>"
      })
  void aLineThatIsSomethingElseIsLeftOutAndTold(String line) throws Exception {
    String good = "203.0.113.1\n".repeat(10);
    ListReader.Reading reading = read(good + line + "\n" + good);
    assertThat(reading.addresses().count()).isEqualTo(1);
    assertThat(reading.bad()).isEqualTo(1);
    assertThat(reading.badLines()).containsExactly(11);
  }

  @Test
  void ofManyBadLinesTheFirstAreTold() throws Exception {
    ListReader.Reading reading = read("1.2.3.4\n".repeat(100) + "x\n".repeat(9));
    assertThat(reading.bad()).isEqualTo(9);
    assertThat(reading.badLines()).containsExactly(101, 102, 103, 104, 105);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "# nothing\n\n",
        "<html>\n<body>\n192.0.2.1\n</body>\n",
        "1.2.3.4\n1.2.3.5\nx\n",
        "\u0000\u0001\u0002"
      })
  void whatIsEmptyOrNoListIsRefused(String text) {
    assertThatExceptionOfType(BadListException.class)
        .isThrownBy(() -> read(text))
        .withMessageMatching("it is empty|[0-9]+ of its lines are no addresses, .*");
  }

  @Test
  void aLongCommentIsOneAndALongLineIsNot() throws Exception {
    String comment = "192.0.2.1 #" + "x".repeat(10_000) + "\n";
    assertThat(read(comment + "192.0.2.2").addresses().count()).isEqualTo(2);
    String longLine = "192.0.2.1" + " ".repeat(10_000) + "\n";
    assertThatExceptionOfType(BadListException.class).isThrownBy(() -> read(longLine));
  }

  @Test
  void moreThanAMillionAreTooMany() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i <= ListReader.MOST / 62; i++) {
      text.append("0.0.0.1-255.255.255.254\n"); // 62 prefixes
    }
    assertThatExceptionOfType(BadListException.class)
        .isThrownBy(() -> read(text.toString()))
        .withMessage("it has more than 1,000,000 prefixes");
  }

  @Test
  void noMoreMemoryIsTakenThanThereIs() throws Exception {
    String list = "192.0.2.1\n192.0.2.3\n"; // 29 bytes each at the most
    assertThat(read(list, 58).addresses().count()).isEqualTo(2);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> read(list, 57))
        .withMessage(
            "with its 2 prefixes all lists would take more than the 64 MiB of memory that they may,"
                + " while it is read too: make them fewer or shorter");
  }

  /** Each prefix in one of its forms, among comments, in any order. */
  @Property(tries = 100)
  void whateverTheFormTheSameAddressesAreRead(@ForAll long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    List<Prefix> prefixes = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] bytes = new byte[random.nextBoolean() ? 4 : 16];
      random.nextBytes(bytes);
      bytes[0] = (byte) (32 + random.nextInt(4));
      Prefix prefix = Prefix.parse(masked(bytes, 8 + random.nextInt(bytes.length * 8 - 7)));
      prefixes.add(prefix);
      lines.add(form(prefix, random));
    }
    Collections.shuffle(lines, new Random(seed));
    String end = random.nextBoolean() ? "\n" : "\r\n";
    ListReader.Reading reading = read(String.join(end, lines));
    assertThat(reading.bad()).isZero();
    PrefixSet expected = PrefixSet.of(prefixes);
    assertThat(reading.addresses().isSame(expected)).isTrue();
    StringBuilder text = new StringBuilder();
    expected.forEach(
        (high, low, length) -> PrefixText.append(text, high, low, length).append('\n'));
    assertThat(read(text.toString()).addresses().isSame(expected)).as("written anew").isTrue();
    for (Prefix prefix : prefixes) {
      assertThat(has(reading.addresses(), prefix.address().getHostAddress())).isTrue();
    }
  }

  private static String masked(byte[] bytes, int length) throws IOException {
    for (int bit = length; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> bit % 8);
    }
    return InetAddress.getByAddress(bytes).getHostAddress() + "/" + length;
  }

  private static String form(Prefix prefix, SplittableRandom random) throws IOException {
    byte[] last = prefix.address().getAddress();
    for (int bit = prefix.length(); bit < last.length * 8; bit++) {
      last[bit / 8] |= (byte) (0x80 >> bit % 8);
    }
    String end = InetAddress.getByAddress(last).getHostAddress();
    String first = prefix.address().getHostAddress();
    return switch (random.nextInt(4)) {
      case 0 -> prefix.toString();
      case 1 -> "\t" + prefix + " # one of them";
      case 2 -> first + "-" + end;
      default -> end + "/" + prefix.length() + ";" + first;
    };
  }

  @Property(tries = 500)
  void noBytesMakeItThrowAnythingElse(@ForAll byte[] bytes) throws Exception {
    ListReaderFuzzTest.isReadOrRefused(bytes);
  }
}
