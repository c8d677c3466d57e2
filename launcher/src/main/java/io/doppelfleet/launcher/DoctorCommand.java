package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.doctor.Doctor;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code ./doppelfleet doctor}: is this site a good cover, seen from here? */
@Command(
    name = "doctor",
    description = {
      "Examines a web site: can it be this machine's cover, and what would give it away?",
      "It sends the site hellos like Telegram's clients' and loads some of its pages."
    },
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:a good cover, or usable with the remarks that are printed",
      "1:not usable",
      "2:wrong command line"
    })
final class DoctorCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--cover",
      paramLabel = "HOST[:PORT]",
      required = true,
      converter = SiteConverter.class,
      description = "The site; its port is 443 unless it is said.")
  private HostPort cover = TrialCover.SITE;

  @Option(
      names = "--name",
      paramLabel = "HOST",
      description = "The host name to ask for, as secrets have it; the site's unless it is said.")
  private @Nullable String name;

  @Override
  public Integer call() {
    Doctor examined = Doctor.examine(cover, name == null ? cover.host() : name);
    PrintWriter out = spec.commandLine().getOut();
    out.print(examined.text());
    out.flush();
    return examined.usable() ? 0 : 1;
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
