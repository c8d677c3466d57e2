package io.doppelfleet.launcher;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * SIGTERM and SIGINT, and SIGHUP and SIGUSR1 where they are asked for. A shutdown hook could
 * neither choose the exit status nor hear a second signal, and what can, sun.misc.Signal of the
 * supported module jdk.unsupported, warns each compiler that sees it in a way that no annotation
 * silences: so it is met by name.
 */
final class Signals {
  private static final List<String> NAMES = List.of("TERM", "INT");
  private static final List<String> WITH_HANGUP = List.of("TERM", "INT", "HUP");

  /** By custom a shell shows this and the signal's number for what a signal ended. */
  private static final int ENDED_BY_SIGNAL = 128;

  private Signals() {}

  /** Completed with the first signal's name; a second one ends the process at once. */
  static CompletableFuture<String> first() {
    return first(NAMES, () -> {});
  }

  /**
   * The same of what ends with its terminal, with what is done before a second one ends the
   * process: nothing else is told of that.
   */
  static CompletableFuture<String> first(Runnable atSecond) {
    return first(WITH_HANGUP, atSecond);
  }

  /** Does this at each SIGHUP, on a thread that may not be held up. */
  static void atHangup(Runnable hangup) {
    handle(List.of("HUP"), (name, number) -> hangup.run());
  }

  /** Does this at each SIGUSR1; until then the first one ends the process. */
  static void atDrain(Runnable drain) {
    handle(List.of("USR1"), (name, number) -> drain.run());
  }

  private static CompletableFuture<String> first(List<String> names, Runnable atSecond) {
    CompletableFuture<String> first = new CompletableFuture<>();
    handle(
        names,
        (name, number) -> {
          if (!first.complete(name)) {
            try {
              atSecond.run();
            } finally {
              Runtime.getRuntime().halt(ENDED_BY_SIGNAL + number);
            }
          }
        });
    return first;
  }

  /** What hears a signal. */
  private interface Hearer {
    void hear(String name, int number);
  }

  private static void handle(List<String> names, Hearer hearer) {
    try {
      Class<?> type = Class.forName("sun.misc.Signal");
      Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerType},
              (proxy, method, arguments) -> {
                Object signal = arguments[0];
                hearer.hear(
                    "SIG" + type.getMethod("getName").invoke(signal),
                    (int) type.getMethod("getNumber").invoke(signal));
                return null;
              });
      for (String name : names) {
        Object signal = type.getConstructor(String.class).newInstance(name);
        type.getMethod("handle", type, handlerType).invoke(null, signal, handler);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java has no sun.misc.Signal: use JDK 25", e);
    }
  }
}
