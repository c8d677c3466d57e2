package io.doppelfleet.bench.stealth.scene;

import io.doppelfleet.bench.cover.OwnCertificate;
import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.StandIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What all measurements share: a home, pages, a certificate and a data centre. */
public final class Scene implements AutoCloseable {
  private final Children children;
  private final Path home;
  private final Pages pages;
  private final OwnCertificate certificate;
  private final StandIn datacenter;

  private Scene(
      Children children, Path home, Pages pages, OwnCertificate certificate, StandIn datacenter) {
    this.children = children;
    this.home = home;
    this.pages = pages;
    this.certificate = certificate;
    this.datacenter = datacenter;
  }

  /**
   * Sets it.
   *
   * @param home the directory with {@code doppelfleet}
   * @param program whose command {@code datacenter} is the stand-in
   */
  public static Scene set(Path home, Class<?> program) throws IOException, InterruptedException {
    Children children = new Children();
    Pages pages = Pages.write(children.directory());
    OwnCertificate certificate = OwnCertificate.make(Site.HOST);
    StandIn datacenter = StandIn.start(children, program, "datacenter", "--listen", "127.0.0.1:0");
    return new Scene(children, home, pages, certificate, datacenter);
  }

  /** Opens a web site. */
  public Site site(Cover cover) throws IOException, InterruptedException {
    return switch (cover) {
      case NGINX -> Nginx.start(children, pages, certificate.pem(), false);
      case NGINX_H2 -> Nginx.start(children, pages, certificate.pem(), true);
      case NODEJS -> NodeJs.start(children, pages, certificate.pem());
      case SITE -> throw new IOException("this node has no built-in site");
    };
  }

  /**
   * Starts a node.
   *
   * @param shaping {@code off}, {@code light} or {@code full}; empty for the default
   */
  public Node node(Site site, String shaping) throws IOException, InterruptedException {
    return Node.start(children, home, Node.Order.of(site, datacenter.address(), shaping));
  }

  /**
   * Whether the node that is measured has a key: its reference configuration names them all.
   *
   * @param key as in {@code shaping:}
   */
  public boolean knows(String key) throws IOException {
    return Files.readString(home.resolve("conf/doppelfleet.yaml")).contains(key);
  }

  /** What the sites show. */
  public Pages pages() {
    return pages;
  }

  /** Processes and their files. */
  public Children children() {
    return children;
  }

  @Override
  public void close() {
    datacenter.close();
  }
}
