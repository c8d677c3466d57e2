package io.doppelfleet.launcher.doctor;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.command.ApiClient;
import io.doppelfleet.launcher.command.CommandException;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.OwnSite;
import io.doppelfleet.launcher.config.Role;
import io.doppelfleet.launcher.config.WebAddress;
import io.doppelfleet.launcher.oddity.CoverProbe;
import io.doppelfleet.launcher.oddity.ListenProbe;
import io.doppelfleet.launcher.oddity.OpenFiles;
import io.doppelfleet.launcher.oddity.PublicHost;
import io.doppelfleet.launcher.oddity.SiteProbe;
import io.doppelfleet.launcher.state.IdentityFile;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.doppelfleet.proxy.datacenter.Datacenters;
import io.doppelfleet.proxy.listen.Entrance;
import io.doppelfleet.proxy.site.Identity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks at what a node, or a control, needs of its machine, whether it runs or not. */
public final class NodeExam {
  private static final HostPort USUAL = new HostPort("0.0.0.0", 443);
  private static final int CONNECT_MILLIS = 3_000;

  /** Who renews certificates by a program has done so before. */
  private static final Duration RENEWED_BY = Duration.ofDays(14);

  private final Configuration configuration;
  private final Clock clock;
  private final boolean running;
  private final List<Check> checks = new ArrayList<>();

  private NodeExam(Configuration configuration, Clock clock, boolean running) {
    this.configuration = configuration;
    this.clock = clock;
    this.running = running;
  }

  /**
   * Looks once. Blocks for half a minute at the worst.
   *
   * @throws StateException when the state directory can't be read
   */
  public static Doctor examine(Configuration configuration)
      throws StateException, InterruptedException {
    boolean running = StateDirectory.isHeld(configuration.state());
    NodeExam exam = new NodeExam(configuration, Clock.systemUTC(), running);
    exam.checks.add(
        Check.well(
            "state",
            (running ? "a node runs with " : "no node runs with ") + configuration.state()));
    if (configuration.role() != Role.CONTROL) {
      exam.node();
    }
    exam.control();
    return exam.result();
  }

  private void node() throws InterruptedException {
    List<HostPort> listen = configuration.listen().stream().map(Entrance::address).toList();
    for (HostPort address : listen.isEmpty() ? List.of(USUAL) : listen) {
      if (address.port() != 0) {
        checks.add(port("port", address, "proxy.listen"));
      }
    }
    OwnSite site = configuration.site();
    Optional<String> files =
        OpenFiles.tooFewFor(
            configuration.limits().connections(),
            configuration.loops(),
            new OpenFiles.Others(
                site != null, configuration.web() != null, configuration.nodes() != null));
    checks.add(
        new Check("open files", files.isEmpty() ? "enough" : "few", files.stream().toList()));
    String host = configuration.publicHost();
    if (host != null) {
      checks.add(name(host));
    }
    checks.add(site == null ? cover(listen) : site(site));
    checks.addAll(DatacenterProbe.all(new Datacenters(configuration.datacenters())));
  }

  /** Of a node that runs it is asked whether it takes connections there, else whether it could. */
  private Check port(String label, HostPort address, String key) {
    if (!running) {
      Optional<String> refusal = ListenProbe.refusal(address, key);
      return new Check(
          label,
          address + (refusal.isEmpty() ? " is free" : " can't be had"),
          refusal.stream().toList());
    }
    String failure = unreachable(address);
    return failure == null
        ? Check.well(label, address + " takes connections")
        : Check.wrong(
            label,
            address + " takes none",
            address + " takes no connections (" + failure + "): look at the node's log");
  }

  /** Why an address can't be connected to; null: it can. */
  private static @Nullable String unreachable(HostPort address) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.host(), address.port()), CONNECT_MILLIS);
      return null;
    } catch (IOException | IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static Check name(String host) {
    try {
      String address = InetAddress.getByName(host).getHostAddress();
      return new Check(
          "public name",
          host + " is " + address,
          PublicHost.unreachable(address).stream().toList());
    } catch (UnknownHostException e) {
      return Check.wrong(
          "public name",
          host + " has no address",
          "the links say " + host + ", which has no address: set its record, or proxy.public.host");
    }
  }

  private Check cover(List<HostPort> listen) {
    HostPort cover = configuration.cover();
    if (cover == null) {
      return Check.wrong(
          "cover",
          "none of your own",
          "the cover is a trial's: set proxy.cover to a site of yours");
    }
    String host =
        configuration.secrets().isEmpty()
            ? cover.host()
            : configuration.secrets().getFirst().secret().host();
    List<String> oddities =
        CoverProbe.oddities(
            cover,
            host,
            listen,
            configuration.coverBeginning(),
            clock,
            configuration.limits().clockTolerance());
    return new Check(
        "cover, clock",
        cover + (oddities.isEmpty() ? " answers, and has the same time" : ": see below"),
        oddities);
  }

  private Check site(OwnSite site) {
    List<String> oddities =
        SiteProbe.oddities(
            site.options().certificate(),
            site.identity(),
            configuration.secrets().stream()
                .map(named -> named.secret().host())
                .distinct()
                .toList(),
            configuration.publicHost(),
            clock.instant());
    return new Check("own site", "its certificate was read", oddities);
  }

  private void control() {
    String store = configuration.storeUrl();
    if (store != null) {
      checks.add(running ? storeInUse() : Check.well("store", "is opened when the node starts"));
      WebAddress web = configuration.web();
      if (web != null) {
        checks.add(port("API", web.listen(), "control.listen"));
        if (web.tls() != null) {
          checks.add(certificate(web.tls().certificate(), web.tls().key(), clock.instant()));
        }
      }
    } else if (configuration.role() == Role.PROXY) {
      checks.add(link());
    }
  }

  private Check storeInUse() {
    try (ApiClient api = ApiClient.ofNode(configuration.state())) {
      return Check.well(
          "store", "answers, at revision " + api.get("/status").body().getLong("revision"));
    } catch (CommandException e) {
      return Check.wrong("store", "doesn't answer", String.valueOf(e.getMessage()));
    }
  }

  private static Check certificate(Path file, Path key, Instant now) {
    String label = "certificate";
    if (!Files.isReadable(key)) {
      return Check.wrong(label, "its key can't be read", key + " can't be read by this user");
    }
    try {
      X509Certificate own = Identity.readChain(file).getFirst();
      Instant end = own.getNotAfter().toInstant();
      String until = "good until " + end;
      return end.isAfter(now.plus(RENEWED_BY))
          ? Check.well(label, until)
          : Check.wrong(label, until, file + " is " + until + ": does what renews it run?");
    } catch (IOException e) {
      return Check.wrong(label, "can't be read", String.valueOf(e.getMessage()));
    }
  }

  private Check link() {
    HostPort control;
    try {
      control = new IdentityFile(configuration.state()).read().control();
    } catch (StateException e) {
      return Check.wrong("control", "this node has none", String.valueOf(e.getMessage()));
    }
    String failure = unreachable(control);
    return failure == null
        ? Check.well("control", control + " takes connections")
        : Check.wrong(
            "control",
            control + " takes none",
            "the control "
                + control
                + " can't be reached ("
                + failure
                + "): the node serves what it knows; does it run, does a firewall block it?");
  }

  private Doctor result() {
    StringBuilder text = new StringBuilder("This machine's node\n\n");
    for (Check check : checks) {
      text.append(String.format("  %-15s%s%n", check.label(), check.found()));
    }
    List<String> remarks = checks.stream().map(Check::remarks).flatMap(List::stream).toList();
    text.append(remarks.isEmpty() ? "\n  nothing is wrong\n" : "\n  look at\n");
    Stream<String> lines = remarks.stream().map(remark -> "  ! " + remark + "\n");
    lines.forEach(text::append);
    return new Doctor(text.toString(), remarks.isEmpty());
  }
}
