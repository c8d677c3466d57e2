package io.doppelfleet.standin.cover;

import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.standin.tcp.Ending;
import io.doppelfleet.standin.tcp.RawSocket;
import io.doppelfleet.standin.wire.LoadContent;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class StandInCoverTest {
  private final Vertx vertx = Vertx.vertx();
  private StandInCover cover;

  @BeforeEach
  void open() throws Exception {
    cover =
        StandInCover.start(vertx, "www.example.org", Duration.ofSeconds(1))
            .await(10, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    cover.close().await(10, TimeUnit.SECONDS);
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void servesPagesOverTrustedTls() throws Exception {
    assertThat(get("/").toString()).contains("<h1>Wool and Needles</h1>");
  }

  @Test
  void servesLargeDownloads() throws Exception {
    byte[] body = get("/download/3000001").getBytes();

    CRC32C crc = new CRC32C();
    crc.update(body);
    assertThat(body).hasSize(3_000_001);
    assertThat((int) crc.getValue()).isEqualTo(LoadContent.crc32c(3_000_001));
  }

  @Test
  void closesWhoStaysSilent() throws Exception {
    try (RawSocket silent = RawSocket.connect(cover.address())) {
      RawSocket.Rest rest = silent.readToEnd();

      assertThat(rest.ending()).isEqualTo(Ending.FIN);
    }
  }

  private Buffer get(String path) throws Exception {
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setTrustOptions(cover.trust())
                .setVerifyHost(false)
                .setDefaultHost(cover.address().getHostString())
                .setDefaultPort(cover.address().getPort()));
    return client
        .request(HttpMethod.GET, path)
        .compose(request -> request.send().compose(response -> response.body()))
        .onComplete(done -> client.close())
        .await(10, TimeUnit.SECONDS);
  }
}
