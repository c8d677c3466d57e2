package io.doppelfleet.bench.stealth.scene;

import io.doppelfleet.bench.measure.Children;
import io.doppelfleet.bench.measure.StandIn;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.standin.cover.OwnCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What all measurements share: a home, pages, a certificate and a data centre. */
public final class Scene implements AutoCloseable {
  private final Children children;
  private final Path home;
  private final Class<?> program;
  private final Pages pages;
  private final OwnCertificate certificate;
  private final StandIn datacenter;

  private Scene(
      Children children,
      Path home,
      Class<?> program,
      Pages pages,
      OwnCertificate certificate,
      StandIn datacenter) {
    this.children = children;
    this.home = home;
    this.program = program;
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
    return new Scene(children, home, program, pages, certificate, datacenter);
  }

  /** Opens a web site here. */
  public Site site(Cover cover) throws IOException, InterruptedException {
    return switch (cover) {
      case NGINX -> Nginx.start(children, pages, certificate.pem(), false, Place.HERE);
      case NGINX_H2 -> Nginx.start(children, pages, certificate.pem(), true, Place.HERE);
      case NODEJS -> NodeJs.start(children, pages, certificate.pem());
      case SITE -> BuiltIn.start(children, home, pages, certificate.pem(), datacenter.address());
    };
  }

  /**
   * Starts a node.
   *
   * @param shaping {@code off}, {@code light} or {@code full}; empty for the default
   */
  public Node node(Site site, String shaping) throws IOException, InterruptedException {
    return Node.start(
        children, home, new Node.Order(site.cover(), datacenter.address(), shaping, Place.HERE));
  }

  /** Starts a relay here that leads to a site and does nothing else. */
  public StandIn splice(Site site) throws IOException {
    InetSocketAddress to = site.address();
    String target = to.getAddress().getHostAddress() + ":" + to.getPort();
    return StandIn.start(children, program, "relay", target, "64");
  }

  /** Opens nginx elsewhere. */
  public Site site(Place place) throws IOException, InterruptedException {
    return Nginx.start(children, pages, certificate.pem(), true, place);
  }

  /** Where the data centre is that nodes here use. */
  public InetSocketAddress datacenter() {
    return address(datacenter);
  }

  /** Where a stand-in listens. */
  public static InetSocketAddress address(StandIn process) {
    HostPort at = HostPort.parse(process.address());
    return new InetSocketAddress(at.host(), at.port());
  }

  /** Opens a data centre elsewhere. */
  public StandIn datacenter(Place place) throws IOException {
    String listen = place.address().getHostAddress() + ":0";
    return StandIn.start(children, program, place.prefix(), "datacenter", "--listen", listen);
  }

  /** Starts a node elsewhere, beside its site and a data centre of its own. */
  public Node node(Site site, StandIn datacenter, String shaping, Place place)
      throws IOException, InterruptedException {
    return Node.start(
        children, home, new Node.Order(site.cover(), datacenter.address(), shaping, place));
  }

  /**
   * The node's modes of shaping: its reference configuration, which names all keys, says whether it
   * has any; else it is as good as off.
   */
  public List<String> shapings() throws IOException {
    return knows("shaping:") ? List.of("off", "light", "full") : List.of("");
  }

  /** Whether the node that is measured can hide behind it. */
  public boolean has(Cover cover) throws IOException {
    return cover != Cover.SITE || knows("cover: {site:");
  }

  private boolean knows(String key) throws IOException {
    return Files.readString(home.resolve("conf/doppelfleet.yaml")).contains(key);
  }

  /** What the sites show. */
  public Pages pages() {
    return pages;
  }

  @Override
  public void close() {
    datacenter.close();
  }
}
