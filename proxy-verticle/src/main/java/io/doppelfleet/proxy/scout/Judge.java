package io.doppelfleet.proxy.scout;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Takes every certificate, for nothing of value is sent; but says whether a visitor would take it
 * too.
 */
final class Judge extends X509ExtendedTrustManager {
  private static final int DNS_NAME = 2;
  private static final int ADDRESS = 7;

  private final String host;
  private final boolean thorough;
  private X509Certificate[] chain = new X509Certificate[0];
  private @Nullable String objection;

  /**
   * For one handshake.
   *
   * @param host whose certificate it should be
   * @param thorough whether to ask who signed it, as the doctor does; a node would keep megabytes
   *     of authorities for that, so it looks at name and dates alone
   */
  Judge(String host, boolean thorough) {
    this.host = host;
    this.thorough = thorough;
  }

  /** The site's own certificate, or null before it was seen. */
  @Nullable X509Certificate certificate() {
    return chain.length == 0 ? null : chain[0];
  }

  /** Why a visitor wouldn't take it, or null where he would. */
  @Nullable String objection() {
    return objection;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type, Socket socket) {
    chain = shown;
    try {
      shown[0].checkValidity();
      if (!namesHost(shown[0])) {
        throw new CertificateException("it is for another name");
      }
      if (thorough) {
        for (TrustManager visitor : visitors()) {
          ((X509TrustManager) visitor).checkServerTrusted(shown, type);
        }
      }
      objection = null;
    } catch (CertificateExpiredException e) {
      objection = "it has expired";
    } catch (CertificateNotYetValidException e) {
      objection = "it isn't valid yet, or this clock is wrong";
    } catch (CertificateException e) {
      objection = e.getCause() == null ? e.getMessage() : "nobody whom browsers trust signed it";
    } catch (GeneralSecurityException e) {
      objection = "it can't be checked: " + e.getMessage();
    }
  }

  /** RFC 9525, 6.3: a name of its own, or one with a wildcard for the first label. */
  private boolean namesHost(X509Certificate shown) throws CertificateException {
    Collection<List<?>> names = shown.getSubjectAlternativeNames();
    if (names == null) {
      return false;
    }
    String wanted = host.toLowerCase(Locale.ROOT);
    String wildcard = "*" + wanted.substring(Math.max(0, wanted.indexOf('.')));
    for (List<?> name : names) {
      int kind = (Integer) name.get(0);
      String text = String.valueOf(name.get(1)).toLowerCase(Locale.ROOT);
      boolean same = text.equals(wanted);
      if ((kind == DNS_NAME && (same || text.equals(wildcard))) || (kind == ADDRESS && same)) {
        return true;
      }
    }
    return false;
  }

  private static TrustManager[] visitors() throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return factory.getTrustManagers();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type) {
    chain = shown;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] shown, String type, SSLEngine engine) {
    chain = shown;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type) throws CertificateException {
    throw new CertificateException("we are no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type, Socket socket)
      throws CertificateException {
    throw new CertificateException("we are no server");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] shown, String type, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("we are no server");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
