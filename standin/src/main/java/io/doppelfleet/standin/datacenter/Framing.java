package io.doppelfleet.standin.datacenter;

import io.doppelfleet.standin.wire.Obfuscated2;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How messages follow each other in a stream, see <a
 * href="https://core.telegram.org/mtproto/mtproto-transports">MTProto transports</a>. Quick
 * acknowledgements, which a client may ask for by the length's highest bit, are not given.
 */
enum Framing {
  ABRIDGED {
    @Override
    int length(ByteBuf in) {
      int at = in.readerIndex();
      int words = in.getByte(at) & 0x7f;
      if (words < 0x7f) {
        in.skipBytes(1);
        return words * 4;
      }
      if (in.readableBytes() < 4) {
        return INCOMPLETE;
      }
      in.skipBytes(4);
      return in.getUnsignedMediumLE(at + 1) * 4;
    }

    @Override
    void write(byte[] message, ByteBuf out) {
      int words = message.length / 4;
      if (words < 0x7f) {
        out.writeByte(words);
      } else {
        out.writeByte(0x7f).writeMediumLE(words);
      }
      out.writeBytes(message);
    }
  },

  INTERMEDIATE {
    @Override
    int length(ByteBuf in) {
      return in.readableBytes() < 4 ? INCOMPLETE : in.readIntLE() & Integer.MAX_VALUE;
    }

    @Override
    void write(byte[] message, ByteBuf out) {
      out.writeIntLE(message.length).writeBytes(message);
    }
  },

  /** As intermediate, with 0 to 15 random bytes at the end. */
  PADDED_INTERMEDIATE {
    @Override
    int length(ByteBuf in) {
      return INTERMEDIATE.length(in);
    }

    @Override
    void write(byte[] message, ByteBuf out) {
      byte[] padding = new byte[ThreadLocalRandom.current().nextInt(MOST_PADDING + 1)];
      ThreadLocalRandom.current().nextBytes(padding);
      out.writeIntLE(message.length + padding.length).writeBytes(message).writeBytes(padding);
    }
  };

  /** {@link #length} when the length itself isn't here yet. */
  static final int INCOMPLETE = -1;

  private static final int MOST_PADDING = 15;

  /** The one that a header's tag asks for, or null when it asks for none. */
  static @Nullable Framing of(int tag) {
    return switch (tag) {
      case Obfuscated2.ABRIDGED -> ABRIDGED;
      case Obfuscated2.INTERMEDIATE -> INTERMEDIATE;
      case Obfuscated2.PADDED_INTERMEDIATE -> PADDED_INTERMEDIATE;
      default -> null;
    };
  }

  /** Reads the length of the next frame's rest, in bytes, of at least one readable byte. */
  abstract int length(ByteBuf in);

  /** Appends a message, whose length is a multiple of four. */
  abstract void write(byte[] message, ByteBuf out);
}
