package io.doppelfleet.launcher.config;

import io.doppelfleet.proxy.dns.NameServer;
import java.util.ArrayList;
import java.util.List;

/** Reads who is asked for names. */
final class NameServersReader {
  private static final int MOST = 4;

  private final Settings settings;
  private final Values values;

  NameServersReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /** In the order to ask them; none: the system. */
  List<NameServer> read() {
    List<NameServer> servers = new ArrayList<>();
    Setting setting = settings.of(Option.DNS_SERVERS);
    if (setting == null) {
      return servers;
    }
    for (String text : setting.texts()) {
      NameServer server = values.parsed(setting, text, NameServer::parse);
      if (server == null) {
        continue;
      }
      if (servers.stream().anyMatch(server::isElsewhere)) {
        values.mistake(
            setting,
            Quoted.of(text)
                + ": an https server before it has that name and another address, and by HTTPS a name is"
                + " at one address: take tls:// for one of them, or leave out #NAME where the certificate"
                + " has the address");
      }
      servers.add(server);
    }
    if (setting.texts().isEmpty() || setting.texts().size() > MOST) {
      values.mistake(setting, "1 to " + MOST + " servers are right");
    }
    return servers;
  }
}
