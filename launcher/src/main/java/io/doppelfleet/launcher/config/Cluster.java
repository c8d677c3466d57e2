package io.doppelfleet.launcher.config;

import io.doppelfleet.fleet.cluster.ClusterOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How this process is in a cluster.
 *
 * @param options where it meets the others
 * @param keyFile where a control's fleet key is; null where the operator left it to us
 */
public record Cluster(ClusterOptions options, @Nullable Path keyFile) {}
