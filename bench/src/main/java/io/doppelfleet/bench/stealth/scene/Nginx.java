package io.doppelfleet.bench.stealth.scene;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.Ports;
import io.doppelfleet.standin.cover.OwnCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Debian's nginx, with all its defaults but the paths: its time-outs are those that the world's
 * servers have.
 */
final class Nginx implements Site {
  private final Children children;
  private final Process process;
  private final InetSocketAddress address;

  private Nginx(Children children, Process process, InetSocketAddress address) {
    this.children = children;
    this.process = process;
    this.address = address;
  }

  /**
   * Starts it.
   *
   * @param h2 whether it speaks HTTP/2 too
   * @throws IOException when it is missing, or does not start
   */
  static Nginx start(
      Children children, Pages pages, OwnCertificate.Pem pem, boolean h2, Place place)
      throws IOException, InterruptedException {
    Path directory = children.directory();
    InetSocketAddress address = Ports.free(place.address());
    Files.writeString(directory.resolve("cert.pem"), pem.certificate());
    Files.writeString(directory.resolve("key.pem"), pem.key());
    Path file = directory.resolve("nginx.conf");
    Files.writeString(file, configuration(directory, pages, address, h2));
    Path log = directory.resolve("nginx.log");
    List<String> line = new ArrayList<>(place.prefix());
    line.addAll(
        List.of(program(), "-e", log.toString(), "-p", directory.toString(), "-c", "nginx.conf"));
    Process process =
        children.startGuarded(
            new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out.log").toFile()));
    try {
      Ports.await(address, process);
    } catch (IOException e) {
      children.stop(process);
      throw new IOException("nginx: " + e.getMessage() + "\n" + Files.readString(log), e);
    }
    return new Nginx(children, process, address);
  }

  /** Debian's place for it is not on everybody's path. */
  private static String program() {
    Path usual = Path.of("/usr/sbin/nginx");
    return Files.isExecutable(usual) ? usual.toString() : "nginx";
  }

  /** One process, so that a guard that kills it kills all of it. */
  private static String configuration(
      Path directory, Pages pages, InetSocketAddress address, boolean h2) {
    StringBuilder temporary = new StringBuilder();
    for (String kind : new String[] {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
      temporary.append("  %s_temp_path \"%s/%s\";\n".formatted(kind, directory, kind));
    }
    return """
        daemon off;
        master_process off;
        pid "%1$s/nginx.pid";
        worker_rlimit_nofile 16384;
        events { worker_connections 8192; }
        http {
        %2$s  access_log off;
          default_type application/octet-stream;
          types { text/html html; }
          sendfile on;
          tcp_nopush on;
          server {
            listen %7$s:%3$d ssl%4$s backlog=4096;
            server_name %5$s;
            ssl_certificate "%1$s/cert.pem";
            ssl_certificate_key "%1$s/key.pem";
            ssl_protocols TLSv1.2 TLSv1.3;
            root "%6$s";
          }
        }
        """
        .formatted(
            directory,
            temporary,
            address.getPort(),
            h2 ? " http2" : "",
            HOST,
            pages.directory(),
            address.getAddress().getHostAddress());
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void close() {
    children.stop(process);
  }
}
