package io.doppelfleet.proxy.dns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a server says of a name.
 *
 * @param addresses none where it is said that there are none
 * @param seconds for how long that holds
 */
record Answer(List<InetAddress> addresses, long seconds) {
  /** Several as one, which holds as long as each that has addresses, where any has. */
  static Answer joined(List<Answer> answers) {
    List<InetAddress> all = new ArrayList<>();
    answers.forEach(each -> all.addAll(each.addresses));
    Stream<Answer> lasting =
        answers.stream().filter(each -> all.isEmpty() || !each.addresses.isEmpty());
    return new Answer(List.copyOf(all), lasting.mapToLong(Answer::seconds).min().orElse(0));
  }
}
