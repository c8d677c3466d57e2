/**
 * What the operator configured: vertx-config collects it from file, environment and system
 * properties, {@link io.doppelfleet.launcher.config.ConfigurationReader} makes one checked value of
 * it or lists every mistake at once.
 */
@NullMarked
package io.doppelfleet.launcher.config;

import org.jspecify.annotations.NullMarked;
