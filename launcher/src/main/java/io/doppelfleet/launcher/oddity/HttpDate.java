package io.doppelfleet.launcher.oddity;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/** The time that a web site tells in its Date header. */
final class HttpDate {
  private static final int MOST_HEADERS = 100;

  private HttpDate() {}

  /**
   * Asks over a connected socket. The certificate isn't judged: with a wrong clock, which is what
   * we look for, none is valid, and nothing of value is sent.
   *
   * @return empty where the site speaks no TLS, or tells no time
   */
  static Optional<Instant> over(Socket socket, String serverName, int port) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new NoJudge()}, null);
      try (SSLSocket tls =
          (SSLSocket) context.getSocketFactory().createSocket(socket, serverName, port, true)) {
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(serverName)));
        tls.setSSLParameters(parameters);
        tls.getOutputStream()
            .write(
                ("HEAD / HTTP/1.1\r\nHost: " + serverName + "\r\nConnection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
        return dateIn(
            new BufferedReader(
                new InputStreamReader(tls.getInputStream(), StandardCharsets.ISO_8859_1)));
      }
    } catch (IOException
        | GeneralSecurityException
        | DateTimeException
        | IllegalArgumentException e) { // The last is a name with a character that an SNI hasn't.
      return Optional.empty();
    }
  }

  private static Optional<Instant> dateIn(BufferedReader answer) throws IOException {
    for (int i = 0; i < MOST_HEADERS; i++) {
      String line = answer.readLine();
      if (line == null || line.isEmpty()) {
        return Optional.empty();
      }
      if (line.regionMatches(true, 0, "date:", 0, 5)) {
        return Optional.of(
            ZonedDateTime.parse(line.substring(5).strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant());
      }
    }
    return Optional.empty();
  }
}
