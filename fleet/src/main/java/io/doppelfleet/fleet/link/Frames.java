package io.doppelfleet.fleet.link;

import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.LinkJson;
import io.doppelfleet.fleet.LinkMessage;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.parsetools.RecordParser;

/**
 * The frames of a link, format 1: four bytes that say how many follow, one that says of which kind,
 * and a text. A link's own messages (1) are {@code LinkJson}'s; those that it carries {@code
 * MessageJson}'s: told (2), or a question (3) or its answer (4), of which four bytes more before
 * the text say which; an answer without a text says that there is none; or told at each tick of a
 * clock, of hellos (5), from {@link LinkMessage#HELLOS} on; or told to nodes of bans by rules (6),
 * from {@link LinkMessage#LEASES} on. Each text says its format. What breaks this is told once, and
 * nothing after it.
 */
public final class Frames implements Handler<Buffer> {
  /** What a node may be told: a state of 100,000 secrets with short names is some 17 MB. */
  public static final int LONGEST_TO_NODE = 32 << 20;

  /** What a control may be told by a node of its own. */
  public static final int LONGEST_TO_CONTROL = 4 << 20;

  /** What either may be told by somebody who isn't known yet: a {@link LinkMessage}. */
  public static final int LONGEST_AT_FIRST = 16 << 10;

  private static final int HEAD = 4;
  private static final int NUMBER = 4;
  private static final byte LINK = 1;
  private static final byte TOLD = 2;
  private static final byte QUESTION = 3;
  private static final byte ANSWER = 4;
  private static final byte HELLOS = 5;
  private static final byte LEASES = 6;

  private final Receiver receiver;
  private final RecordParser parser = RecordParser.newFixed(HEAD);
  private int longest = LONGEST_AT_FIRST;
  private boolean inBody;
  private boolean broken;

  /** What becomes of frames. */
  public interface Receiver {
    /** Of the link itself. */
    void link(LinkMessage message);

    /** Of the fleet: the text of a {@code FleetMessage}, not read yet. */
    void told(Buffer text);

    /** The same, of hellos. */
    void hellos(Buffer text);

    /** The same, of bans by rules. */
    default void leases(Buffer text) {
      broken("of bans by rules only nodes are told");
    }

    /** The same as {@link #told}, which wants an answer. */
    void asked(int question, Buffer text);

    /** The same as an answer; empty where there is none. */
    void answered(int question, Buffer text);

    /** What the other end sent is no frame, or no message. */
    void broken(String why);
  }

  /** With frames of {@link #LONGEST_AT_FIRST}. */
  public Frames(Receiver receiver) {
    this.receiver = receiver;
    parser.handler(this::piece);
  }

  /** From now on frames may be this long, bytes. */
  public void allow(int bytes) {
    longest = bytes;
  }

  @Override
  public void handle(Buffer bytes) {
    if (!broken) {
      parser.handle(bytes);
    }
  }

  private void piece(Buffer piece) {
    if (broken) {
      return;
    }
    if (inBody) {
      inBody = false;
      parser.fixedSizeMode(HEAD);
      body(piece);
      return;
    }
    long length = piece.getUnsignedInt(0);
    if (length < 2 || length > longest) {
      breaks("a frame says that it has " + length + " bytes: 2 to " + longest + " are right");
      return;
    }
    inBody = true;
    parser.fixedSizeMode((int) length);
  }

  private void body(Buffer body) {
    Buffer text = body.slice(1, body.length());
    switch (body.getByte(0)) {
      case LINK -> {
        LinkMessage message;
        try {
          message = LinkJson.read(text.getBytes());
        } catch (InvalidValueException e) {
          breaks("a message of the link isn't right: " + e.getMessage());
          return;
        }
        receiver.link(message);
      }
      case TOLD -> receiver.told(text);
      case HELLOS -> receiver.hellos(text);
      case LEASES -> receiver.leases(text);
      case QUESTION, ANSWER -> {
        if (text.length() < NUMBER) {
          breaks("a frame is cut");
        } else if (body.getByte(0) == QUESTION) {
          receiver.asked(text.getInt(0), text.slice(NUMBER, text.length()));
        } else {
          receiver.answered(text.getInt(0), text.slice(NUMBER, text.length()));
        }
      }
      default -> breaks("a frame is of kind " + body.getByte(0) + ": 1 to 6 is right");
    }
  }

  private void breaks(String why) {
    broken = true;
    receiver.broken(why);
  }

  /** A message of the link, as a frame. */
  public static Buffer of(LinkMessage message) {
    byte[] text = LinkJson.write(message);
    return head(LINK, text.length).appendBytes(text);
  }

  /** The text of a {@code FleetMessage}, as a frame. */
  public static Buffer of(Buffer text) {
    return head(TOLD, text.length()).appendBuffer(text);
  }

  /** The same of one about hellos. */
  public static Buffer ofHellos(Buffer text) {
    return head(HELLOS, text.length()).appendBuffer(text);
  }

  /** The same of one about bans by rules. */
  public static Buffer ofLeases(Buffer text) {
    return head(LEASES, text.length()).appendBuffer(text);
  }

  /** The same as a question of this number. */
  public static Buffer ofQuestion(int question, Buffer text) {
    return head(QUESTION, NUMBER + text.length()).appendInt(question).appendBuffer(text);
  }

  /** The same as the answer to it; an empty text: there is none. */
  public static Buffer ofAnswer(int question, Buffer text) {
    return head(ANSWER, NUMBER + text.length()).appendInt(question).appendBuffer(text);
  }

  private static Buffer head(byte kind, int length) {
    return Buffer.buffer(HEAD + 1 + length).appendInt(1 + length).appendByte(kind);
  }
}
