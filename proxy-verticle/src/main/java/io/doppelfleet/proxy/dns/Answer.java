package io.doppelfleet.proxy.dns;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a server says of a name.
 *
 * @param addresses none where it is said that there are none; those of IPv4 first
 * @param seconds for how long that holds
 * @param whole else only one kind of addresses is known, and there are some of that kind
 */
record Answer(List<InetAddress> addresses, long seconds, boolean whole) {
  /** Several as one, which holds as long as each that has addresses, where any has. */
  static Answer joined(List<Answer> answers, boolean whole) {
    List<InetAddress> all = new ArrayList<>();
    answers.forEach(each -> all.addAll(each.addresses));
    Stream<Answer> lasting =
        answers.stream().filter(each -> all.isEmpty() || !each.addresses.isEmpty());
    return new Answer(List.copyOf(all), lasting.mapToLong(Answer::seconds).min().orElse(0), whole);
  }

  /** Of the kind that isn't known, what another one has. */
  Answer with(@Nullable Answer other) {
    boolean known = whole || isIpv4(addresses.getFirst()) != isIpv4(addresses.getLast());
    if (known || other == null) {
      return this;
    }
    boolean ipv4 = isIpv4(addresses.getFirst());
    List<InetAddress> missing =
        other.addresses.stream().filter(each -> isIpv4(each) != ipv4).toList();
    List<InetAddress> all = new ArrayList<>(ipv4 ? addresses : missing);
    all.addAll(ipv4 ? missing : addresses);
    return new Answer(List.copyOf(all), seconds, false);
  }

  private static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }
}
