package io.doppelfleet.proxy.site;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * BoringSSL with the certificate of now: when the files change, new connections get the new one.
 * All calls but the constructor come on the site's own event loop.
 *
 * <p>BoringSSL, because its whole encrypted answer to a hello is one record, and it need not send
 * tickets: so does a client's welcome look, which can't be otherwise.
 */
final class Tls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tls.class);

  /** In the order of preference, as BoringSSL has it by itself where it is a browser's. */
  private static final String[] GROUPS = {"X25519MLKEM768", "X25519", "P-256", "P-384"};

  private final SiteOptions options;
  private final Clock clock;
  private SslContext context;
  private Instant ends;
  private boolean expiryTold;
  private Runnable whenRenewed = () -> {};

  /** What the files of the present context were, and what they were at the last look. */
  private Stamp current;

  private Stamp seen;

  /** What could not be used, so that it is said once. */
  private @Nullable Stamp refused;

  /**
   * With what the files hold now.
   *
   * @throws IOException with a sentence for the operator
   */
  Tls(SiteOptions options, Clock clock) throws IOException {
    this.options = options;
    this.clock = clock;
    this.current = Stamp.of(options);
    this.seen = current;
    Identity identity = Identity.read(options.certificate(), options.key());
    this.context = context(identity);
    this.ends = identity.ends();
    this.expiryTold = clock.instant().isAfter(ends); // the start says it
  }

  private static SslContext context(Identity identity) throws IOException {
    if (!OpenSsl.isAvailable()) {
      throw new IOException(
          "the built-in site needs netty-tcnative, which is included for Linux on x86_64 and"
              + " aarch64 with glibc: "
              + OpenSsl.unavailabilityCause().getMessage());
    }
    try {
      SslContext context =
          SslContextBuilder.forServer(identity.key(), identity.chain())
              .sslProvider(SslProvider.OPENSSL_REFCNT)
              .protocols("TLSv1.3", "TLSv1.2")
              .option(OpenSslContextOption.GROUPS, GROUPS)
              .applicationProtocolConfig(
                  new ApplicationProtocolConfig(
                      ApplicationProtocolConfig.Protocol.ALPN,
                      ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                      ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                      ApplicationProtocolNames.HTTP_2,
                      ApplicationProtocolNames.HTTP_1_1))
              .build();
      // Without tickets nobody comes back with a session; TLS 1.2's would only be held.
      ((OpenSslSessionContext) context.sessionContext()).setSessionCacheEnabled(false);
      return context;
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("BoringSSL doesn't take the certificate: " + e.getMessage(), e);
    }
  }

  /** Who is told when there is another certificate. */
  void whenRenewed(Runnable told) {
    whenRenewed = told;
  }

  /** For one connection. */
  SslHandler handler(ByteBufAllocator allocator) {
    SslHandler handler = context.newHandler(allocator);
    handler.setHandshakeTimeoutMillis(0); // the visit has a clock of its own
    return handler;
  }

  /**
   * Looks whether the files have changed. They are taken when they were the same twice, since the
   * two are not written at one instant.
   */
  void look() {
    Stamp now = Stamp.of(options);
    boolean settled = now.equals(seen);
    seen = now;
    if (settled && !now.equals(current) && !now.equals(refused)) {
      reload(now);
    }
    if (!expiryTold && clock.instant().isAfter(ends)) {
      expiryTold = true;
      LOG.warn("the certificate in {} has expired: renew it", options.certificate());
    }
  }

  private void reload(Stamp now) {
    try {
      Identity identity = Identity.read(options.certificate(), options.key());
      SslContext next = context(identity);
      ReferenceCountUtil.release(context); // connections hold it as long as they need it
      context = next;
      current = now;
      ends = identity.ends();
      expiryTold = false;
      LOG.info("the site has a new certificate, good until {}", ends);
      whenRenewed.run();
    } catch (IOException | RuntimeException e) { // whatever is wrong, the site goes on
      refused = now;
      LOG.warn("the old certificate goes on, the new one can't be used: {}", e.getMessage());
    }
  }

  @Override
  public void close() {
    ReferenceCountUtil.release(context);
  }

  /** What shows that a file is another, or gone: links are followed. */
  private record Stamp(List<Object> files) {
    static Stamp of(SiteOptions options) {
      return new Stamp(List.of(of(options.certificate()), of(options.key())));
    }

    private static List<Object> of(Path file) {
      try {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        return List.of(
            now.lastModifiedTime(), now.size(), Objects.requireNonNullElse(now.fileKey(), ""));
      } catch (IOException e) {
        return List.of();
      }
    }
  }
}
