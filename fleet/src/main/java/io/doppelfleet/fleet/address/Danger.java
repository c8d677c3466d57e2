package io.doppelfleet.fleet.address;

import io.doppelfleet.fleet.Prefix;
import io.doppelfleet.fleet.PrefixList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What a list does by a mistake of whoever made it, most of the time. */
public enum Danger {
  /** Half of all addresses of a family that can be somebody's, or more at once than a country's. */
  EVERYTHING("everything", ""),
  /**
   * Networks that are nobody's alone: RFC 1918, 4193, 6598, loopback and link-local addresses. They
   * are the operator's own, or a router's in front.
   */
  PRIVATE(
      "private",
      "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16"
          + " ::1/128 fc00::/7 fe80::/10"),
  /** What no client comes from: by IANA's registries of special addresses, or not given out. */
  BOGON(
      "bogon",
      "0.0.0.0/8 192.0.0.0/24 192.0.2.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3"
          + " ::/128 64:ff9b:1::/48 100::/64 2001:db8::/32 3fff::/20 4000::/2 8000::/2 c000::/3"
          + " e000::/4 f000::/5 f800::/6 fe00::/9 fec0::/10 ff00::/8"),
  /** Less than a tenth of the prefixes that the list had. */
  FEWER("fewer", ""),
  /** A list of the fleet that let in and refuses now, or the other way round. */
  USE("use", ""),
  /** Lists of the fleet that leave no address from which a client may come. */
  NOBODY("nobody", "");

  private final String word;

  /** Parted by spaces. */
  private final String networks;

  Danger(String word, String networks) {
    this.word = word;
    this.networks = networks;
  }

  /** As it is written where it is confirmed. */
  public String word() {
    return word;
  }

  /**
   * The one that is written so.
   *
   * @throws IllegalArgumentException that says what would be right
   */
  public static Danger of(String word) {
    return of(word, values());
  }

  /**
   * The same of those that a list by itself can be: {@link #USE} and {@link #NOBODY} are for who
   * has seen another list before it, or beside it.
   *
   * @throws IllegalArgumentException that says what would be right
   */
  public static Danger ofOneList(String word) {
    return of(word, EVERYTHING, PRIVATE, BOGON, FEWER);
  }

  private static Danger of(String word, Danger... among) {
    return Arrays.stream(among)
        .filter(danger -> danger.word.equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Arrays.stream(among).map(Danger::word).collect(Collectors.joining(", "))
                        + " are right"));
  }

  /** Whether there is anything of it for a list of this use to do. */
  public boolean isOf(PrefixList.Use use) {
    return this != EVERYTHING || use == PrefixList.Use.REFUSE;
  }

  /** Those that make it one, none in another; none where it is one by its numbers. */
  public List<Prefix> networks() {
    return networks.isEmpty()
        ? List.of()
        : Arrays.stream(networks.split(" ")).map(Prefix::parse).toList();
  }
}
