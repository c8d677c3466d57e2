package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.site.Identity;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads where the control's API is served over TCP, and looks into the files of its TLS. */
final class WebReader {
  private static final HostPort USUAL = new HostPort("127.0.0.1", 8081);
  private static final List<Option> TLS = List.of(Option.CONTROL_CERTIFICATE, Option.CONTROL_KEY);

  private final Settings settings;
  private final Values values;

  WebReader(Settings settings, Values values) {
    this.settings = settings;
    this.values = values;
  }

  /** The address; null where there is no control, or it is to be reached on its socket alone. */
  @Nullable WebAddress read() {
    Optional<HostPort> listen =
        values.of(Option.CONTROL_LISTEN, Optional.of(USUAL), WebReader::address);
    Own tls = tls();
    Setting chosen = settings.of(Option.CONTROL_LISTEN);
    if (settings.of(Option.STORE_URL) == null) {
      withoutAStore(chosen);
      return null;
    }
    if (listen.isEmpty()) {
      return null;
    }
    HostPort address = listen.get();
    if (chosen != null && !isWanted() && !isLoopback(address.host())) {
      values.mistake(
          chosen,
          "passwords and tokens would pass for everybody to read: add control.tls.certificate and"
              + " control.tls.key, or write 127.0.0.1:"
              + address.port()
              + ", which ssh -L leads to from elsewhere");
    }
    return tls == null
        ? new WebAddress(address, chosen != null, null, address.host())
        : new WebAddress(
            address, chosen != null, tls.files, tls.identity.host().orElse(address.host()));
  }

  private record Own(WebAddress.Tls files, Identity identity) {}

  private static Optional<HostPort> address(String text) {
    if (text.equals("off")) {
      return Optional.empty();
    }
    try {
      return Optional.of(HostPort.parse(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + ", or off", e);
    }
  }

  private void withoutAStore(@Nullable Setting chosen) {
    Setting first =
        chosen != null
            ? chosen
            : TLS.stream().map(settings::of).filter(Objects::nonNull).findFirst().orElse(null);
    if (first != null) {
      values.mistake(first, "this is a control's, which needs a store: set control.store.url");
    }
  }

  private boolean isWanted() {
    return TLS.stream().anyMatch(option -> settings.of(option) != null);
  }

  private @Nullable Own tls() {
    Path certificate = values.path(Option.CONTROL_CERTIFICATE);
    Path key = values.path(Option.CONTROL_KEY);
    for (Option there : TLS) {
      Setting setting = settings.of(there);
      Option other = TLS.get(1 - TLS.indexOf(there));
      if (setting != null && settings.of(other) == null) {
        values.mistake(setting, "TLS needs " + other.path + " too, the path of a PEM file");
        return null;
      }
    }
    List<X509Certificate> chain =
        values.found(Option.CONTROL_CERTIFICATE, certificate, Identity::readChain);
    byte[] pem = values.found(Option.CONTROL_KEY, key, Identity::readKey);
    if (certificate == null || key == null || chain == null || pem == null) {
      return null;
    }
    Identity identity =
        values.found(Option.CONTROL_KEY, key, own -> Identity.read(certificate, own));
    return identity == null ? null : new Own(new WebAddress.Tls(certificate, key), identity);
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.ofLiteral(host).isLoopbackAddress();
    } catch (IllegalArgumentException name) {
      return host.equals("localhost");
    }
  }
}
