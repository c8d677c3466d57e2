package io.doppelfleet.proxy.published;

import io.doppelfleet.fleet.mtproto.AuthKey;
import io.doppelfleet.fleet.mtproto.Gzip;
import io.doppelfleet.fleet.mtproto.MalformedMessageException;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;
import java.time.Clock;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Asks a data centre for its configuration as a client does that nobody has signed in with: {@code
 * req_pq_multi} and what follows, then {@code help.getConfig}. Messages come in and go out; a step
 * takes up to some tens of milliseconds. For one thread at a time.
 */
final class Inquiry {
  private static final int NO_KEY_HEADER = Long.BYTES;
  private static final int INVOKE_WITH_LAYER = 0xda9b0d0d;
  private static final int INIT_CONNECTION = 0xc1cd5ea9;
  private static final int GET_CONFIG = 0xc4f9186b;
  private static final int MSG_CONTAINER = 0x73f1f8dc;
  private static final int RPC_RESULT = 0xf35c6d01;
  private static final int RPC_ERROR = 0x2144ca19;
  private static final int BAD_SERVER_SALT = 0xedab447b;
  private static final int BAD_MSG_NOTIFICATION = 0xa7eff811;

  /** Of the schema: in no later one the parts of the answer that are read have changed. */
  private static final int LAYER = 158;

  /** None that is registered for us: only who signs in should need that, and nothing here does. */
  private static final int API_ID = 123_456;

  /** The text of an error, which goes into the log. */
  private static final Pattern ERROR = Pattern.compile("[A-Z0-9_]{1,64}");

  private static final int MOST_MESSAGES = 16;
  private static final int MOST_DEPTH = 4;
  private static final int MOST_SALTS = 2;

  private final Agreement agreement;
  private final RandomGenerator random;
  private final Clock clock;
  private final long session;
  private long lastId;
  private long ahead;
  private boolean agreed;
  private int salts;

  /**
   * At the beginning.
   *
   * @param random must be unpredictable
   */
  Inquiry(TelegramKey rsa, int datacenter, RandomGenerator random, Clock clock) {
    this.agreement = new Agreement(rsa, datacenter, random);
    this.random = random;
    this.clock = clock;
    this.session = random.nextLong();
  }

  /** What follows from a message. */
  sealed interface Step {
    /** Say this, and listen. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Say(byte[] message) implements Step {}

    /** Listen on. */
    record Listen() implements Step {}

    /** This is it. */
    record Told(PublishedList list) implements Step {}
  }

  /** The first message. */
  byte[] begin() {
    return bare(agreement.begin());
  }

  /**
   * Takes a message.
   *
   * @throws MalformedMessageException where the other end isn't Telegram's, or says no
   */
  Step take(byte[] message) {
    if (!agreed) {
      TlReader in = new TlReader(message);
      if (in.int64() != 0) {
        throw new MalformedMessageException("it speaks of a key that there isn't");
      }
      in.int64(); // the message's id
      byte[] next = agreement.next(in.raw(in.int32()));
      if (next != null) {
        return new Step.Say(bare(next));
      }
      agreed = true;
      ahead = agreement.serverTime() - clock.instant().getEpochSecond();
      return new Step.Say(question(agreement.key().salt()));
    }
    if (message.length < NO_KEY_HEADER) {
      throw new MalformedMessageException("it answers with the transport's error");
    }
    AuthKey.Message opened = agreement.key().open(message, AuthKey.Sender.DATACENTER);
    if (opened.session() != session) {
      throw new MalformedMessageException("it speaks in a session that isn't this one");
    }
    return read(new TlReader(opened.body()), 0);
  }

  private Step read(TlReader in, int depth) {
    if (depth > MOST_DEPTH) {
      throw new MalformedMessageException("its messages are in each other too deep");
    }
    return switch (in.int32()) {
      case MSG_CONTAINER -> {
        Step last = new Step.Listen();
        for (int left = Math.min(in.int32(), MOST_MESSAGES); left > 0; left--) {
          in.int64(); // the message's id
          in.int32(); // its sequence number
          Step step = read(in.slice(in.int32()), depth + 1);
          last = step instanceof Step.Listen ? last : step;
        }
        yield last;
      }
      case Gzip.PACKED -> read(Gzip.unpack(in), depth + 1);
      case RPC_RESULT -> in.int64() == lastId ? result(in) : new Step.Listen();
      case BAD_SERVER_SALT -> {
        in.int64(); // which message
        in.int32(); // its sequence number
        in.int32(); // what is wrong: the salt
        salts++;
        if (salts > MOST_SALTS) {
          throw new MalformedMessageException("it takes none of its own salts");
        }
        yield new Step.Say(question(in.int64()));
      }
      case BAD_MSG_NOTIFICATION ->
          throw new MalformedMessageException("it can't take the question");
      default -> new Step.Listen(); // new_session_created, acknowledgements
    };
  }

  static Step result(TlReader in) {
    int constructor = in.int32();
    if (constructor == Gzip.PACKED) {
      TlReader unpacked = Gzip.unpack(in);
      return result(unpacked.int32(), unpacked);
    }
    return result(constructor, in);
  }

  private static Step result(int constructor, TlReader in) {
    if (constructor == RPC_ERROR) {
      int code = in.int32();
      String text = in.string();
      String word = ERROR.matcher(text).matches() ? " " + text : "";
      throw new MalformedMessageException("it answers with the error " + code + word);
    }
    return new Step.Told(PublishedList.read(constructor, in));
  }

  private byte[] bare(byte[] body) {
    return new TlWriter().int64(0).int64(nextId()).int32(body.length).raw(body).toByteArray();
  }

  /** Says of this machine what everybody could. */
  private byte[] question(long salt) {
    byte[] body =
        new TlWriter()
            .int32(INVOKE_WITH_LAYER)
            .int32(LAYER)
            .int32(INIT_CONNECTION)
            .int32(0)
            .int32(API_ID)
            .string("PC")
            .string("Linux")
            .string("1.0")
            .string("en")
            .string("")
            .string("en")
            .int32(GET_CONFIG)
            .toByteArray();
    return agreement
        .key()
        .seal(new AuthKey.Message(salt, session, nextId(), 1, body), AuthKey.Sender.CLIENT);
  }

  /** Seconds in the upper half, by the data centre's clock, and a multiple of four. */
  private long nextId() {
    long seconds = clock.instant().getEpochSecond() + ahead;
    lastId = Math.max(lastId + 4, seconds << 32 | (random.nextInt() & 0x3fff_fffcL));
    return lastId;
  }
}
