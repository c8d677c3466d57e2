package io.doppelfleet.bench.stealth.scene;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.standin.cover.OwnCertificate;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A web site of a few lines on Node.js, with all its defaults. */
final class NodeJs implements Site {
  private static final String SCRIPT = "/io/doppelfleet/bench/stealth/site.js";

  private final Children children;
  private final Process process;
  private final InetSocketAddress address;

  private NodeJs(Children children, Process process, InetSocketAddress address) {
    this.children = children;
    this.process = process;
    this.address = address;
  }

  static NodeJs start(Children children, Pages pages, OwnCertificate.Pem pem) throws IOException {
    Path directory = children.directory();
    Path script = directory.resolve("site.js");
    Path certificate = directory.resolve("cert.pem");
    Path key = directory.resolve("key.pem");
    try (InputStream in = NodeJs.class.getResourceAsStream(SCRIPT)) {
      if (in == null) {
        throw new FileNotFoundException(SCRIPT);
      }
      Files.copy(in, script);
    }
    Files.writeString(certificate, pem.certificate());
    Files.writeString(key, pem.key());
    Process process =
        children.start(
            new ProcessBuilder(
                    "node",
                    script.toString(),
                    pages.directory().toString(),
                    certificate.toString(),
                    key.toString())
                .redirectError(directory.resolve("node.log").toFile()));
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    if (line == null) {
      children.stop(process);
      throw new IOException("node: " + Files.readString(directory.resolve("node.log")));
    }
    int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    return new NodeJs(
        children, process, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
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
