package io.doppelfleet.standin.datacenter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doppelfleet.fleet.mtproto.AuthKey;
import io.doppelfleet.fleet.mtproto.AuthKey.Message;
import io.doppelfleet.fleet.mtproto.AuthKey.Sender;
import io.doppelfleet.fleet.mtproto.Gzip;
import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client may say once it has a key. */
final class ConversationTest {
  private static final int RPC_RESULT = 0xf35c6d01;
  private static final int RPC_ERROR = 0x2144ca19;
  private static final int NEAREST_DC = 0x8e1a1775;
  private static final int MSG_CONTAINER = 0x73f1f8dc;
  private static final long SESSION = 99;

  private static final DatacenterKey KEY = DatacenterKey.generate();

  private final DatacenterState state = new DatacenterState(KEY);
  private final Conversation conversation = new Conversation(state, new Methods(state, -4));
  private final AuthKey key = new AuthKey(new byte[256], 5);

  @BeforeEach
  void knowTheKeyAndTheSession() {
    state.keys().put(key.id(), key);
    assertThat(key.begins(SESSION)).isTrue();
  }

  @Test
  void aCallIsAnsweredWithItsMessagesId() {
    TlReader result = only(say(8, nearest()));
    assertThat(result.int32()).isEqualTo(RPC_RESULT);
    assertThat(result.int64()).isEqualTo(8);
    assertThat(result.int32()).isEqualTo(NEAREST_DC);
    result.bytes();
    assertThat(result.int32()).isEqualTo(4);
  }

  @Test
  void everyMessageOfAContainerIsAnswered() {
    TlWriter container = new TlWriter().int32(MSG_CONTAINER).int32(2);
    for (long id : new long[] {12, 16}) {
      container.int64(id).int32(1).int32(nearest().length).raw(nearest());
    }
    List<TlReader> results = say(20, container.toByteArray());
    assertThat(results).hasSize(2);
    results.forEach(result -> assertThat(result.int32()).isEqualTo(RPC_RESULT));
    assertThat(results.getFirst().int64()).isEqualTo(12);
    assertThat(results.getLast().int64()).isEqualTo(16);
  }

  @Test
  void packedCallsAreUnderstoodInBothFormats() throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    ByteArrayOutputStream zlib = new ByteArrayOutputStream();
    try (OutputStream one = new GZIPOutputStream(gzip);
        OutputStream two = new DeflaterOutputStream(zlib)) {
      one.write(nearest());
      two.write(nearest());
    }
    for (ByteArrayOutputStream packed : List.of(gzip, zlib)) {
      byte[] body = new TlWriter().int32(Gzip.PACKED).bytes(packed.toByteArray()).toByteArray();
      TlReader result = only(say(8, body));
      result.raw(12);
      assertThat(result.int32()).isEqualTo(NEAREST_DC);
    }
  }

  @Test
  void anUnknownMethodIsAnRpcError() {
    TlReader result = only(say(8, new TlWriter().int32(0x12345678).toByteArray()));
    result.raw(12);
    assertThat(result.int32()).isEqualTo(RPC_ERROR);
    assertThat(result.int32()).isEqualTo(400);
    assertThat(result.string()).isEqualTo("METHOD_INVALID");
  }

  @Test
  void anAlteredMessageIsRefused() {
    byte[] frame = key.seal(new Message(5, SESSION, 8, 1, nearest()), Sender.CLIENT);
    for (int at = 8; at < frame.length; at += 16) {
      byte[] altered = frame.clone();
      altered[at] ^= 1;
      assertThatThrownBy(() -> conversation.answer(altered))
          .isInstanceOf(MalformedMessageException.class);
    }
  }

  @Test
  void whatEndsTooSoonIsRefused() {
    byte[] endless = new TlWriter().int32(MSG_CONTAINER).int32(1).int64(4).toByteArray();
    assertThatThrownBy(() -> say(8, endless)).isInstanceOf(MalformedMessageException.class);
    byte[] negative =
        new TlWriter().int32(MSG_CONTAINER).int32(1).int64(4).int32(1).int32(-4).toByteArray();
    assertThatThrownBy(() -> say(8, negative)).isInstanceOf(MalformedMessageException.class);
  }

  private static byte[] nearest() {
    return new TlWriter().int32(0x1fb33026).toByteArray();
  }

  private List<TlReader> say(long id, byte[] body) {
    byte[] frame = key.seal(new Message(5, SESSION, id, 1, body), Sender.CLIENT);
    return conversation.answer(frame).stream()
        .map(answer -> new TlReader(key.open(answer, Sender.DATACENTER).body()))
        .toList();
  }

  private static TlReader only(List<TlReader> answers) {
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }
}
