package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.AuthKey;
import io.doppelfleet.fleet.mtproto.AuthKey.Message;
import io.doppelfleet.fleet.mtproto.AuthKey.Sender;
import io.doppelfleet.fleet.mtproto.Gzip;
import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Encrypted messages of one connection: opens them, sees to <a
 * href="https://core.telegram.org/mtproto/service_messages">service messages</a> and hands calls to
 * {@link Methods}. Clients' acknowledgements are taken and never waited for. Not thread-safe.
 */
final class Conversation {
  private static final int MSG_CONTAINER = 0x73f1f8dc;
  private static final int MSGS_ACK = 0x62d6b459;
  private static final int PING = 0x7abe77ec;
  private static final int PING_DELAY_DISCONNECT = 0xf3427b8c;
  private static final int PONG = 0x347773c5;
  private static final int GET_FUTURE_SALTS = 0xb921bd04;
  private static final int FUTURE_SALTS = 0xae500895;
  private static final int MSGS_STATE_REQ = 0xda69fb52;
  private static final int MSGS_STATE_INFO = 0x04deb57d;
  private static final int NEW_SESSION_CREATED = 0x9ec20908;
  private static final int BAD_SERVER_SALT = 0xedab447b;
  private static final int RPC_RESULT = 0xf35c6d01;

  /** {@code error_code} of {@code bad_server_salt}. */
  private static final int WRONG_SALT = 48;

  /**
   * A message's state: nothing is known of it. All that comes is answered at once and in order, so
   * whoever still asks has lost the message or its answer with another connection.
   */
  private static final byte UNKNOWN = 1;

  /** Seconds for which a salt is said to be good. */
  private static final int SALT_VALIDITY = 3600;

  /** Containers and packed objects inside each other at most. */
  private static final int MOST_DEPTH = 4;

  /** Transport error: the auth key is unknown. */
  private static final int KEY_UNKNOWN = -404;

  private final DatacenterState datacenter;
  private final Methods methods;
  private long lastMessageId;
  private int contentMessages;

  Conversation(DatacenterState datacenter, Methods methods) {
    this.datacenter = datacenter;
    this.methods = methods;
  }

  /** The frames that answer a frame. */
  List<byte[]> answer(byte[] frame) {
    AuthKey key = datacenter.keys().get(new TlReader(frame).int64());
    if (key == null) {
      return List.of(new TlWriter().int32(KEY_UNKNOWN).toByteArray());
    }
    Message message = key.open(frame, Sender.CLIENT);
    Replies replies = new Replies(key, message.session());
    if (message.salt() != key.salt()) {
      replies.notice(
          new TlWriter()
              .int32(BAD_SERVER_SALT)
              .int64(message.id())
              .int32(message.sequence())
              .int32(WRONG_SALT)
              .int64(key.salt()));
      return replies.frames;
    }
    if (key.begins(message.session())) {
      replies.content(
          new TlWriter()
              .int32(NEW_SESSION_CREATED)
              .int64(message.id())
              .int64(message.session())
              .int64(key.salt()));
    }
    take(message.id(), new TlReader(message.body()), replies, 0);
    return replies.frames;
  }

  private void take(long id, TlReader in, Replies replies, int depth) {
    if (depth > MOST_DEPTH) {
      throw new MalformedMessageException("more than " + MOST_DEPTH + " objects in each other");
    }
    int constructor = in.int32();
    switch (constructor) {
      case MSG_CONTAINER -> {
        for (int left = in.int32(); left > 0; left--) {
          long inner = in.int64();
          in.int32(); // its sequence number
          take(inner, in.slice(in.int32()), replies, depth + 1);
        }
      }
      case Gzip.PACKED -> take(id, Gzip.unpack(in), replies, depth + 1);
      case MSGS_ACK -> {}
      case PING, PING_DELAY_DISCONNECT -> {
        datacenter.pings().increment();
        replies.answer(new TlWriter().int32(PONG).int64(id).int64(in.int64()));
      }
      case GET_FUTURE_SALTS -> replies.answer(salts(id, replies.key.salt()));
      case MSGS_STATE_REQ -> {
        in.int32(); // vector
        byte[] ids = in.raw(in.int32() * Long.BYTES);
        byte[] states = new byte[ids.length / Long.BYTES];
        Arrays.fill(states, UNKNOWN);
        replies.answer(new TlWriter().int32(MSGS_STATE_INFO).int64(id).bytes(states));
      }
      default ->
          replies.result(
              new TlWriter().int32(RPC_RESULT).int64(id).raw(methods.call(constructor, in)));
    }
  }

  private static TlWriter salts(long id, long salt) {
    int now = (int) (System.currentTimeMillis() / 1000);
    return new TlWriter()
        .int32(FUTURE_SALTS)
        .int64(id)
        .int32(now)
        .int32(1)
        .int32(now)
        .int32(now + SALT_VALIDITY)
        .int64(salt);
  }

  /** Seconds in the upper half, as clients compare them; the two lowest bits say what it is. */
  private long nextMessageId(int kind) {
    long millis = System.currentTimeMillis();
    long id = ((millis / 1000) << 32) | ((millis % 1000) << 22);
    lastMessageId = Math.max(id, lastMessageId + 4);
    return lastMessageId + kind;
  }

  /** Sealed answers to one frame. */
  private final class Replies {
    private static final int ANSWER = 1;
    private static final int NOTICE = 3;

    private final AuthKey key;
    private final long session;
    private final List<byte[]> frames = new ArrayList<>();

    private Replies(AuthKey key, long session) {
      this.key = key;
      this.session = session;
    }

    /** An answer that needs no acknowledgement. */
    private void answer(TlWriter body) {
      add(body, ANSWER, false);
    }

    /** An answer that does. */
    private void result(TlWriter body) {
      add(body, ANSWER, true);
    }

    private void notice(TlWriter body) {
      add(body, NOTICE, false);
    }

    private void content(TlWriter body) {
      add(body, NOTICE, true);
    }

    private void add(TlWriter body, int kind, boolean content) {
      int sequence = content ? contentMessages++ * 2 + 1 : contentMessages * 2;
      Message message =
          new Message(key.salt(), session, nextMessageId(kind), sequence, body.toByteArray());
      frames.add(key.seal(message, Sender.DATACENTER));
    }
  }
}
