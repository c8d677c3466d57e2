package io.doppelfleet.launcher;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.launcher.config.Configuration;
import io.doppelfleet.launcher.config.ConfigurationSource;
import io.doppelfleet.launcher.config.Role;
import io.doppelfleet.launcher.config.Watching;
import io.doppelfleet.launcher.logging.LogSetup;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.proxy.dns.ProcessNames;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What a node is told on the command line, with {@code run} or without a command. */
final class NodeOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

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

  /** Runs the node, or the control, until a signal ends it. */
  void run() throws Exception {
    Reload reload = Reload.hearing(config); // sooner than it is read
    Configuration configuration = ConfigurationSource.read(config, defaultState());
    ProcessNames.ask(configuration.nameServers());
    Watching watching = configuration.watching().withMetrics(metrics);
    if (metrics != null && metrics.port() != 0 && metrics.equals(watching.health())) {
      throw new ParameterException(
          spec.commandLine(), "--metrics is health.listen's too: give it a port of its own");
    }
    if (watching.jsonLog()) {
      LogSetup.json();
    }
    String store = configuration.storeUrl();
    if (configuration.role() == Role.CONTROL && store != null) { // it has one, or that was said
      new ControlProcess(reload, configuration, store, watching).run();
    } else {
      new NodeProcess(reload, configuration, watching).run();
    }
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
