package io.doppelfleet.proxy.list;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import javax.net.ssl.SSLException;

/**
 * Why a list couldn't be fetched, in our own words: those of exceptions have what the server said,
 * or the URL, in which a key may be.
 */
final class FetchTrouble {
  /** The JDK's, of a body that is longer than it may be. */
  private static final String TOO_LONG = "body exceeds capacity";

  private FetchTrouble() {}

  static String of(Throwable failure, long longest) {
    String words = "";
    String last = "";
    for (Throwable each = failure; each != null; each = each.getCause()) {
      String own = words(each, longest);
      words = own.isEmpty() ? words : own;
      last = each.getClass().getSimpleName();
    }
    return words.isEmpty() ? last : words + " (" + last + ")";
  }

  /** The deepest says most. */
  private static String words(Throwable failure, long longest) {
    if (String.valueOf(failure.getMessage()).startsWith(TOO_LONG)) {
      return "it is longer than " + longest + " bytes";
    }
    return switch (failure) {
      case HttpConnectTimeoutException e -> "the server can't be connected in time";
      case UnresolvedAddressException e -> "the server's name has no address";
      case UnknownHostException e -> "the server's name has no address";
      case ConnectException e -> "the server can't be connected";
      case CertPathBuilderException e -> "nobody whom this machine trusts vouches for the server";
      case CertificateException e -> "the server's certificate is not good for its name";
      case SSLException e -> "TLS with the server fails";
      case EOFException e -> "the server ends before its answer does";
      default -> "";
    };
  }
}
