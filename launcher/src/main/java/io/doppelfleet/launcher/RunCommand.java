package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationSource;
import io.doppelfleet.launcher.state.StateDirectory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code ./doppelfleet run}: a node, until a signal ends it. */
@Command(
    name = "run",
    description = "Runs a node as the configuration says, until SIGTERM or SIGINT.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration; conf/doppelfleet.yaml explains every key.")
  private @Nullable Path config;

  @Option(
      names = "--metrics",
      paramLabel = "HOST:PORT",
      converter = HostPortConverter.class,
      description = "Serve Prometheus text there, at /metrics; like metrics.listen.")
  private @Nullable HostPort metrics;

  @Override
  public Integer call() throws Exception {
    Configuration configuration = ConfigurationSource.read(config, defaultState());
    new NodeProcess(configuration, metrics != null ? metrics : configuration.metrics()).run();
    return 0;
  }

  /** Where state is kept unless the configuration says otherwise. */
  static Path defaultState() {
    return StateDirectory.byDefault(System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** Says what would be right. */
  static final class HostPortConverter implements ITypeConverter<HostPort> {
    @Override
    public HostPort convert(String value) {
      try {
        return HostPort.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
