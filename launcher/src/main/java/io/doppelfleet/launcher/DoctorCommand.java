package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Link;
import io.doppelfleet.launcher.command.ExitStatus;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationSource;
import io.doppelfleet.launcher.doctor.Doctor;
import io.doppelfleet.launcher.doctor.LinkExam;
import io.doppelfleet.launcher.doctor.NodeExam;
import io.doppelfleet.proxy.dns.ProcessNames;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code ./doppelfleet doctor}: a node from inside, a link from outside, a site as a cover. */
@Command(
    name = "doctor",
    description = {
      "Examines this machine's node: ports, open files, clock, names, cover, data centres, control.",
      "With --cover: can a web site be this machine's cover, and what would give it away?",
      "It sends the site hellos like Telegram's clients' and loads some of its pages.",
      "With --link: does a link work from here? It follows it as a client, to a data centre."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:all is well, a link works, a cover can be used, perhaps with the remarks that are printed",
      "1:something is wrong, a link doesn't work, a cover can't be used",
      "2:wrong command line"
    })
final class DoctorCommand implements Callable<Integer> {
  /** Bytes; of none that a client takes. */
  private static final int LONGEST_LINK = 4096;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--cover",
      paramLabel = "HOST[:PORT]",
      converter = SiteConverter.class,
      description = "The site; its port is 443 unless it is said.")
  private @Nullable HostPort cover;

  @Option(
      names = "--name",
      paramLabel = "HOST",
      description = "The host name to ask for, as secrets have it; the site's unless it is said.")
  private @Nullable String name;

  @Option(
      names = "--link",
      paramLabel = "FILE",
      description = {
        "Where the link is, - for standard input.",
        "An argument would show its secret to who lists processes: none takes it."
      })
  private @Nullable String link;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The node's configuration, for what is its own.")
  private @Nullable Path config;

  @Override
  public Integer call() throws Exception {
    Doctor examined = examined();
    PrintWriter out = spec.commandLine().getOut();
    out.print(examined.text());
    out.flush();
    return examined.usable() ? ExitStatus.DONE.code() : ExitStatus.FAILED.code();
  }

  private Doctor examined() throws Exception {
    HostPort site = cover;
    String file = link;
    if (Stream.of(site, file, config).filter(Objects::nonNull).count() > 1) {
      throw wrong("--cover, --link, --config: one of them is right");
    }
    if (name != null && site == null) {
      throw wrong("--name goes with --cover, which is missing");
    }
    if (site != null) {
      return Doctor.examine(site, name == null ? site.host() : name);
    }
    if (file != null) {
      return LinkExam.examine(read(file));
    }
    Configuration read = ConfigurationSource.read(config, NodeOptions.defaultState());
    ProcessNames.ask(read.nameServers());
    return NodeExam.examine(read);
  }

  private Link read(String file) {
    if (file.contains("://")) {
      throw wrong(
          "a link as an argument shows its secret to who lists processes: --link FILE is right, or"
              + " --link - and the link on standard input");
    }
    try (InputStream in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file))) {
      String text = new String(in.readNBytes(LONGEST_LINK), StandardCharsets.UTF_8).strip();
      return Link.parse(text);
    } catch (IOException e) {
      throw wrong("--link " + file + " can't be read: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw wrong("--link " + file + ": " + e.getMessage());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Says what would be right. */
  static final class SiteConverter implements ITypeConverter<HostPort> {
    @Override
    public HostPort convert(String value) {
      try {
        boolean bareIpv6 = !value.startsWith("[") && value.indexOf(':') != value.lastIndexOf(':');
        return value.indexOf(':') < 0 || bareIpv6
            ? new HostPort(value, TrialCover.SITE.port())
            : HostPort.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage() + "; HOST or HOST:PORT is right");
      }
    }
  }
}
