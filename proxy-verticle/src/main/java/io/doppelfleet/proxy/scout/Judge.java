package io.doppelfleet.proxy.scout;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Takes every certificate, for nothing of value is sent; but says whether a visitor would take it
 * too.
 */
final class Judge extends X509ExtendedTrustManager {
  private X509Certificate[] chain = new X509Certificate[0];
  private @Nullable String objection;

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
      for (TrustManager visitor : visitors()) {
        if (visitor instanceof X509ExtendedTrustManager judging) {
          judging.checkServerTrusted(shown, type, socket); // the name too: the socket asks for it
        }
      }
      objection = null;
    } catch (CertificateException e) {
      objection = String.valueOf(e.getMessage());
    } catch (GeneralSecurityException e) {
      objection = "it can't be checked: " + e.getMessage();
    }
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
