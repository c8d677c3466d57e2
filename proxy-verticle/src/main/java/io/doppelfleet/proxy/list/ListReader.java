package io.doppelfleet.proxy.list;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.doppelfleet.fleet.address.AddressBits;
import io.doppelfleet.fleet.address.PrefixCount;
import io.doppelfleet.fleet.address.PrefixSet;
import io.doppelfleet.fleet.address.PrefixSink;
import io.doppelfleet.fleet.address.Prefixes;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads lists as FireHOL, Spamhaus and others write them. In each line is an address, a prefix
 * ({@code 192.0.2.0/24}; bits beyond its length don't count) or a range ({@code
 * 192.0.2.1-192.0.2.9}), of IPv4 or IPv6; what follows a {@code #} or {@code ;} is a comment. Takes
 * no more memory than the prefixes do.
 */
public final class ListReader {
  /** Prefixes of a list, as many as ranges come to. */
  static final int MOST = 1_000_000;

  /** Of a line without its comment, characters. */
  static final int LONGEST_LINE = 256;

  /** All four numbers of an IPv4 address: the JDK would read 10.1 as 10.0.0.1. */
  private static final Pattern ADDRESS =
      Pattern.compile("[0-9]{1,3}(?:[.][0-9]{1,3}){3}|[0-9a-fA-F.]{0,40}:[0-9a-fA-F:.]{0,40}");

  private static final int BAD_LINES_TOLD = 5;

  /** So many good lines must there be for each bad one. */
  private static final int GOOD_FOR_A_BAD = 10;

  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf"; // of UTF-8, byte by byte

  private final PrefixSink prefixes;
  private final byte[] text = new byte[LONGEST_LINE];
  private int length;
  private boolean tooLong;
  private long bytes;
  private int line;
  private int good;
  private int bad;
  private final List<Integer> badLines = new ArrayList<>();

  private ListReader(PrefixSink prefixes) {
    this.prefixes = prefixes;
  }

  /** Where a list is: it is read twice. */
  public interface Opening {
    /** From its beginning; the caller closes it. */
    InputStream open() throws IOException;
  }

  /** What there is room for. */
  public interface Room {
    /**
     * Looks whether there is enough.
     *
     * @throws IOException that says that there isn't
     */
    void check(PrefixCount prefixes) throws IOException;
  }

  /**
   * What was read.
   *
   * @param addresses at least one
   * @param bad lines that say something else, which are left out
   * @param badLines the numbers of the first of them, five at the most
   */
  public record Reading(PrefixSet addresses, int bad, List<Integer> badLines) {}

  /**
   * Reads to the end: counts first what there is, then takes the memory that it needs.
   *
   * @param room is asked before it takes any
   * @throws BadListException that says why, where there is nothing, too much, or too much that is
   *     something else
   * @throws IOException where it can't be read, or there is no room
   */
  public static Reading read(Opening list, Room room) throws IOException {
    PrefixCount count = new PrefixCount();
    ListReader reader = new ListReader(count);
    reader.readAll(list);
    room.check(count);
    Prefixes prefixes = new Prefixes(count);
    new ListReader(prefixes).readAll(list);
    return new Reading(prefixes.toSet(), reader.bad, List.copyOf(reader.badLines));
  }

  private void readAll(Opening list) throws IOException {
    try (InputStream in = list.open()) {
      byte[] read = new byte[1 << 16];
      for (int count = in.read(read); count >= 0; count = in.read(read)) {
        bytes += count;
        if (bytes > Source.LONGEST) {
          throw new BadListException("it is longer than 64 MiB");
        }
        for (int i = 0; i < count; i++) {
          take(read[i]);
        }
      }
    }
    endLine();
    if (good < (long) bad * GOOD_FOR_A_BAD) {
      throw new BadListException(
          bad
              + " of its lines are no addresses, line "
              + badLines.getFirst()
              + " the first: that is no list");
    }
    if (good == 0) {
      throw new BadListException("it is empty");
    }
  }

  private void take(byte next) throws BadListException {
    if (next == '\n') {
      endLine();
    } else if (length < LONGEST_LINE) {
      text[length++] = next;
    } else {
      tooLong = true;
    }
  }

  private void endLine() throws BadListException {
    line++;
    String said = new String(text, 0, length, ISO_8859_1);
    int comment = firstOf(said, '#', ';');
    boolean cut = tooLong && comment < 0;
    length = 0;
    tooLong = false;
    said = comment < 0 ? said : said.substring(0, comment);
    if (line == 1 && said.startsWith(BYTE_ORDER_MARK)) {
      said = said.substring(BYTE_ORDER_MARK.length());
    }
    said = said.strip();
    if (said.isEmpty() && !cut) {
      return;
    }
    if (!cut && add(said)) {
      good++;
      if (prefixes.count() > MOST) {
        throw new BadListException("it has more than 1,000,000 prefixes");
      }
    } else {
      bad++;
      if (badLines.size() < BAD_LINES_TOLD) {
        badLines.add(line);
      }
    }
  }

  private static int firstOf(String text, char one, char other) {
    int first = text.indexOf(one);
    int second = text.indexOf(other);
    return first < 0 || (second >= 0 && second < first) ? second : first;
  }

  private boolean add(String said) {
    int dash = said.indexOf('-');
    if (dash >= 0) {
      return addRange(said.substring(0, dash).strip(), said.substring(dash + 1).strip());
    }
    int slash = said.indexOf('/');
    String first = slash < 0 ? said : said.substring(0, slash);
    AddressBits address = address(first);
    int before = first.indexOf(':') < 0 ? 96 : 0;
    int bits = slash < 0 ? 128 - before : bits(said.substring(slash + 1));
    if (address == null || bits < 0 || before + bits > 128) {
      return false;
    }
    prefixes.add(address.high(), address.low(), before + bits);
    return true;
  }

  private static int bits(String digits) {
    boolean isNumber =
        !digits.isEmpty()
            && digits.length() <= 3
            && digits.chars().allMatch(each -> each >= '0' && each <= '9');
    return isNumber ? Integer.parseInt(digits) : -1;
  }

  private boolean addRange(String from, String to) {
    AddressBits first = address(from);
    AddressBits last = address(to);
    if (first == null || last == null || (from.indexOf(':') < 0) != (to.indexOf(':') < 0)) {
      return false;
    }
    try {
      prefixes.addRange(first, last);
      return true;
    } catch (IllegalArgumentException e) { // the wrong way round
      return false;
    }
  }

  private static @Nullable AddressBits address(String text) {
    if (!ADDRESS.matcher(text).matches()) {
      return null;
    }
    try {
      return AddressBits.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
