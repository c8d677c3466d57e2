package io.doppelfleet.bench.stealth.wire;

import io.doppelfleet.bench.stealth.scene.Site;
import io.doppelfleet.proxy.hello.KnownClients;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** A TLS client over a wire, which goes on seeing the records beneath. For one thread. */
public final class TlsTalk {
  private static final int RECORD = 16 * 1024 + 512;
  private static final Duration STEP = Duration.ofSeconds(5);
  private static final SSLContext CONTEXT = context();

  private final Wire wire;
  private final SSLEngine engine;
  private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
  private final ByteBuffer opened = ByteBuffer.allocate(RECORD);
  private ByteBuffer sealed = ByteBuffer.allocate(0);
  private int taken;
  private @Nullable String failure;

  /** With a hello for {@link Site#HOST} that offers TLS 1.3 and 1.2, HTTP/1.1 alone. */
  public TlsTalk(Wire wire) {
    this(wire, Site.HOST, List.of("TLSv1.3", "TLSv1.2"), List.of("http/1.1"));
  }

  /**
   * With a hello of the caller's choice.
   *
   * @param sni empty for none
   * @param alpn empty for none
   */
  public TlsTalk(Wire wire, String sni, List<String> versions, List<String> alpn) {
    this.wire = wire;
    engine = CONTEXT.createSSLEngine();
    engine.setUseClientMode(true);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setProtocols(versions.toArray(new String[0]));
    parameters.setApplicationProtocols(alpn.toArray(new String[0]));
    Set<String> suites = new LinkedHashSet<>(KnownClients.TLS13_SUITES); // first, as browsers do
    suites.addAll(List.of(parameters.getCipherSuites()));
    parameters.setCipherSuites(suites.toArray(new String[0]));
    if (!sni.isEmpty()) {
      parameters.setServerNames(List.of(new SNIHostName(sni)));
    }
    engine.setSSLParameters(parameters);
  }

  /** Shakes hands; what goes wrong is kept. */
  public TlsTalk handshake() throws IOException {
    try {
      engine.beginHandshake();
      while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING && failure == null) {
        switch (engine.getHandshakeStatus()) {
          case NEED_WRAP -> flush(ByteBuffer.allocate(0));
          case NEED_TASK -> tasks();
          default -> {
            if (!unwrap() && wire.read(STEP) <= 0) {
              failure = "no handshake";
            }
          }
        }
      }
    } catch (SSLException e) {
      failure = "handshake failed";
    }
    return this;
  }

  private void tasks() {
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      task.run();
    }
  }

  /** Says something in records of 16 KB, in one write. */
  public void send(byte[] bytes) {
    try {
      flush(ByteBuffer.wrap(bytes));
    } catch (SSLException e) {
      failure = "writing failed";
    }
  }

  /** Sends close_notify; reading goes on. */
  public void closeNotify() {
    engine.closeOutbound();
    send(new byte[0]);
  }

  private void flush(ByteBuffer from) throws SSLException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    do {
      ByteBuffer record = ByteBuffer.allocate(2 * RECORD);
      SSLEngineResult result = engine.wrap(from, record);
      out.write(record.array(), 0, record.position());
      if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        tasks();
      }
      if (result.bytesProduced() == 0) {
        break;
      }
    } while (from.hasRemaining() || engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP);
    if (out.size() > 0) {
      wire.send(out.toByteArray());
    }
  }

  /** Decrypts a record that has come; false where none is whole. */
  private boolean unwrap() throws SSLException {
    fetch();
    if (!sealed.hasRemaining() || engine.isInboundDone()) {
      return false;
    }
    opened.clear();
    SSLEngineResult result = engine.unwrap(sealed, opened);
    plain.write(opened.array(), 0, opened.position());
    if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
      tasks();
    }
    return result.bytesConsumed() > 0;
  }

  /** What the wire has that the engine was not given yet. */
  private void fetch() {
    int here = wire.receivedLength();
    if (here > taken) {
      byte[] news = wire.receivedFrom(taken);
      ByteBuffer joined = ByteBuffer.allocate(sealed.remaining() + news.length);
      joined.put(sealed).put(news).flip();
      sealed = joined;
      taken = here;
    }
  }

  private void drain() {
    try {
      while (failure == null && unwrap()) {
        // Everything that is whole.
      }
    } catch (SSLException e) {
      failure = "reading failed";
    }
  }

  /** Reads until so many bytes of content are here in all, or the end, or so long. */
  public void readUntil(int bytes, Duration atMost) throws IOException {
    long until = System.nanoTime() + atMost.toNanos();
    drain();
    while (plain.size() < bytes && failure == null) {
      long left = until - System.nanoTime();
      if (left <= 0 || wire.read(Duration.ofNanos(left)) == Wire.END) {
        return;
      }
      drain();
    }
  }

  /** Reads what comes in one go. */
  public void readBurst(Duration atMost) throws IOException {
    wire.readBurst(atMost);
    drain();
  }

  /** Reads to the end, or for so long. */
  public void readToEnd(Duration atMost) throws IOException {
    wire.readToEnd(atMost);
    drain();
  }

  /** The content so far, and at its end what failed. */
  public byte[] plain() {
    drain();
    byte[] said = plain.toByteArray();
    if (failure == null) {
      return said;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(said);
    out.writeBytes((" " + failure).getBytes(StandardCharsets.US_ASCII));
    return out.toByteArray();
  }

  /** The content from an offset on. */
  public byte[] plainFrom(int offset) {
    drain();
    byte[] all = plain.toByteArray();
    return Arrays.copyOfRange(all, offset, all.length);
  }

  /** Bytes of content so far. */
  public int plainLength() {
    drain();
    return plain.size();
  }

  private static SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Trusts, as a prober does. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
