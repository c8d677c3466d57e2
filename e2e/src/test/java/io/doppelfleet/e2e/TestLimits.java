package io.doppelfleet.e2e;

import io.doppelfleet.proxy.ProxyOptions;
import java.time.Duration;

/** The limits of a test's node: the defaults, but for what the test says. */
final class TestLimits {
  private int connections;
  private int connectionsPerNetwork;
  private Duration idle;
  private Duration dialTimeout;
  private Duration drain;
  private int waitingInAll;
  private long rate;
  private Duration silence;

  TestLimits() {
    ProxyOptions.Limits defaults = ProxyOptions.Limits.defaults();
    connections = defaults.connections();
    connectionsPerNetwork = defaults.connectionsPerNetwork();
    idle = defaults.idle();
    dialTimeout = defaults.dialTimeout();
    drain = defaults.drain();
    waitingInAll = defaults.waitingInAll();
    rate = defaults.rate();
    silence = defaults.silence();
  }

  TestLimits connections(int count) {
    connections = count;
    return this;
  }

  TestLimits connectionsPerNetwork(int count) {
    connectionsPerNetwork = count;
    return this;
  }

  TestLimits idle(Duration time) {
    idle = time;
    return this;
  }

  TestLimits dialTimeout(Duration time) {
    dialTimeout = time;
    return this;
  }

  TestLimits drain(Duration time) {
    drain = time;
    return this;
  }

  TestLimits waitingInAll(int bytes) {
    waitingInAll = bytes;
    return this;
  }

  /** In bytes a second. */
  TestLimits rate(long bytes) {
    rate = bytes;
    return this;
  }

  TestLimits silence(Duration time) {
    silence = time;
    return this;
  }

  ProxyOptions.Limits limits() {
    ProxyOptions.Limits defaults = ProxyOptions.Limits.defaults();
    return new ProxyOptions.Limits(
        connections,
        connectionsPerNetwork,
        idle,
        defaults.clockTolerance(),
        dialTimeout,
        drain,
        defaults.waitingPerConnection(),
        waitingInAll,
        defaults.replays(),
        rate,
        silence);
  }
}
