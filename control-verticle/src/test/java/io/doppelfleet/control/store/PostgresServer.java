package io.doppelfleet.control.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL server of the tests' own, from Debian's package: on a free port of the loopback, in
 * a directory that goes with it. It doesn't run as root, so root runs it as the package's user.
 */
public final class PostgresServer implements AutoCloseable {
  private static final Path PACKAGE = Path.of("/usr/lib/postgresql");

  private static @Nullable PostgresServer shared;

  private final Path programs;
  private final Path directory;
  private final int port;
  private Process process;
  private int databases;

  private PostgresServer(Path programs, Path directory, int port) throws IOException {
    this.programs = programs;
    this.directory = directory;
    this.port = port;
    this.process = launched();
  }

  /** One for all tests of this process, which ends with it. */
  public static synchronized PostgresServer shared() throws Exception {
    if (shared == null) {
      PostgresServer server = start();
      Runtime.getRuntime().addShutdownHook(new Thread(server::close));
      shared = server;
    }
    return shared;
  }

  /** One that a test kills. */
  public static PostgresServer start() throws Exception {
    Path programs = programs();
    Path directory = Files.createTempDirectory("doppelfleet-postgres");
    try {
      return started(programs, directory);
    } catch (Exception e) {
      delete(directory);
      throw e;
    }
  }

  private static PostgresServer started(Path programs, Path directory) throws Exception {
    if (isRoot()) {
      run(directory, List.of("chown", "postgres", directory.toString()));
    }
    List<String> init = asOwner();
    init.addAll(
        List.of(
            programs.resolve("initdb").toString(),
            "--pgdata=" + directory.resolve("data"),
            "--username=doppelfleet",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync"));
    run(directory, init);
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    PostgresServer server = new PostgresServer(programs, directory, port);
    try {
      server.awaitReady();
      return server;
    } catch (Exception e) {
      server.stop();
      throw e;
    }
  }

  /** The URL of a new, empty database. */
  public synchronized String newDatabase() throws SQLException {
    String name = "test" + ++databases;
    execute("postgres", "CREATE DATABASE " + name);
    return url(name);
  }

  /** Kills all its processes as a power cut would, and starts it anew. */
  void crash() throws Exception {
    kill();
    startAgain();
  }

  /** Kills all its processes. */
  public void kill() {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    children.forEach(ProcessHandle::destroyForcibly);
    children.forEach(child -> child.onExit().join());
  }

  /** All its processes stand still: connections are open, and say nothing. */
  public void standStill() throws Exception {
    signal("STOP");
  }

  /** After it stood still. */
  public void goOn() throws Exception {
    signal("CONT");
  }

  private void signal(String signal) throws Exception {
    signal(signal, Stream.of(process.toHandle())); // who makes the others: there are no new ones
    signal(signal, process.descendants());
  }

  /** One that has just ended is left out. */
  private static void signal(String signal, Stream<ProcessHandle> all) throws Exception {
    List<String> kill = new ArrayList<>(List.of("kill", "-" + signal));
    all.forEach(each -> kill.add(String.valueOf(each.pid())));
    new ProcessBuilder(kill).start().waitFor();
  }

  /** After it was killed. */
  public void startAgain() throws Exception {
    process = launched();
    awaitReady();
  }

  /** As its owner. */
  public void execute(String database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url(database));
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    try {
      stop();
      delete(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }

  /** Ends it at once, for its files go too, but so that its shared memory goes as well. */
  private void stop() throws IOException {
    if (process.isAlive()) {
      String pid = String.valueOf(process.pid());
      new ProcessBuilder("kill", "-QUIT", pid).start();
      new ProcessBuilder("kill", "-CONT", pid).start(); // it may stand still
    }
    try {
      process.onExit().get(30, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      kill();
    }
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=doppelfleet";
  }

  private Process launched() throws IOException {
    List<String> command = asOwner();
    command.addAll(
        List.of(
            programs.resolve("postgres").toString(),
            "-D",
            directory.resolve("data").toString(),
            "-p",
            String.valueOf(port),
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "max_connections=40",
            // It may be killed, but not the machine: what the kernel has is not lost. Without, its
            // end takes more than the 30 s that Surefire waits.
            "-c",
            "fsync=off"));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(directory)))
        .start();
  }

  private void awaitReady() throws Exception {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (true) {
      try (Connection connection = DriverManager.getConnection(url("postgres"))) {
        return;
      } catch (SQLException e) {
        if (System.nanoTime() - end > 0 || !process.isAlive()) {
          throw new IllegalStateException(
              "no server: " + Files.readString(log(directory).toPath()), e);
        }
        Thread.sleep(50);
      }
    }
  }

  private static Path programs() throws IOException {
    try (Stream<Path> versions = Files.list(PACKAGE)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
          .max(Comparator.naturalOrder())
          .orElseThrow(() -> new IllegalStateException("the package postgresql is missing"));
    }
  }

  private static void run(Path directory, List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log(directory)))
            .start();
    if (process.waitFor() != 0) {
      throw new IllegalStateException(
          command + " failed: " + Files.readString(log(directory).toPath(), UTF_8));
    }
  }

  private static List<String> asOwner() {
    // Unlike su and runuser it becomes the program, so killing it kills the server.
    return isRoot()
        ? new ArrayList<>(
            List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"))
        : new ArrayList<>();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static File log(Path directory) {
    return directory.resolve("log").toFile();
  }
}
