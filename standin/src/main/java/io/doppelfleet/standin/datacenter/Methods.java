package io.doppelfleet.standin.datacenter;

import io.doppelfleet.fleet.mtproto.Gzip;
import io.doppelfleet.fleet.mtproto.TlReader;
import io.doppelfleet.fleet.mtproto.TlWriter;

/**
 * Answers the <a href="https://core.telegram.org/methods">methods</a> that a client calls to say
 * who it is and to move files; others get {@code rpc_error} 400. Constructors are those of the
 * schema's layers 143 to 220, in which none of them changed.
 */
final class Methods {
  private static final int INVOKE_WITH_LAYER = 0xda9b0d0d;
  private static final int INVOKE_WITHOUT_UPDATES = 0xbf9459b7;
  private static final int INIT_CONNECTION = 0xc1cd5ea9;
  private static final int INPUT_CLIENT_PROXY = 0x75588b3f;
  private static final int BIND_TEMP_AUTH_KEY = 0xcdd42a05;
  private static final int GET_NEAREST_DC = 0x1fb33026;
  private static final int NEAREST_DC = 0x8e1a1775;
  private static final int SAVE_FILE_PART = 0xb304a621;
  private static final int SAVE_BIG_FILE_PART = 0xde7b673d;
  private static final int GET_FILE = 0xbe5335be;
  private static final int GET_CONFIG = 0xc4f9186b;
  private static final int INPUT_DOCUMENT_FILE_LOCATION = 0xbad07584;
  private static final int FILE = 0x096a18d5;
  private static final int FILE_PARTIAL = 0x40bc6f52;
  private static final int BOOL_TRUE = 0x997275b5;
  private static final int RPC_ERROR = 0x2144ca19;

  /** As much as a part of a file may have. */
  private static final int MOST_PART = 1024 * 1024;

  private final DatacenterState state;
  private final int datacenter;

  /**
   * For one connection.
   *
   * @param datacenter what its header asked for
   */
  Methods(DatacenterState state, int datacenter) {
    this.state = state;
    this.datacenter = Math.abs(datacenter);
  }

  /** The result of a call. */
  byte[] call(TlReader in) {
    return call(in.int32(), in);
  }

  byte[] call(int constructor, TlReader in) {
    return switch (constructor) {
      case Gzip.PACKED -> call(Gzip.unpack(in));
      case INVOKE_WITH_LAYER -> {
        in.int32();
        yield call(in);
      }
      case INVOKE_WITHOUT_UPDATES -> call(in);
      case INIT_CONNECTION -> initConnection(in);
      // The inner message isn't opened: whoever has both keys may bind them here.
      case BIND_TEMP_AUTH_KEY -> yes();
      case GET_NEAREST_DC ->
          new TlWriter()
              .int32(NEAREST_DC)
              .string("ZZ")
              .int32(datacenter)
              .int32(datacenter)
              .toByteArray();
      case SAVE_FILE_PART -> {
        long file = in.int64();
        state.uploads().add(file, in.int32(), in.bytes());
        yield yes();
      }
      case SAVE_BIG_FILE_PART -> {
        long file = in.int64();
        int part = in.int32();
        in.int32();
        state.uploads().add(file, part, in.bytes());
        yield yes();
      }
      case GET_FILE -> getFile(in);
      case GET_CONFIG -> {
        byte[] configuration = state.configuration();
        yield configuration == null ? error("METHOD_INVALID") : configuration;
      }
      default -> error("METHOD_INVALID");
    };
  }

  private byte[] initConnection(TlReader in) {
    int flags = in.int32();
    in.int32(); // api_id
    for (int i = 0; i < 6; i++) {
      in.bytes(); // device, system, application, and their languages
    }
    if ((flags & 1) != 0) {
      if (in.int32() != INPUT_CLIENT_PROXY) {
        return error("INPUT_CONSTRUCTOR_INVALID");
      }
      in.bytes();
      in.int32();
    }
    return (flags & 2) == 0 ? call(in) : error("INPUT_PARAMS_UNKNOWN");
  }

  private static byte[] getFile(TlReader in) {
    in.int32();
    if (in.int32() != INPUT_DOCUMENT_FILE_LOCATION) {
      return error("LOCATION_INVALID");
    }
    long file = in.int64();
    in.int64(); // access_hash
    in.bytes(); // file_reference
    in.bytes(); // thumb_size
    long offset = in.int64();
    int limit = in.int32();
    if (offset < 0) {
      return error("OFFSET_INVALID");
    }
    if (limit <= 0 || limit > MOST_PART) {
      return error("LIMIT_INVALID");
    }
    return new TlWriter()
        .int32(FILE)
        .int32(FILE_PARTIAL)
        .int32(0)
        .bytes(FileContent.read(file, offset, limit))
        .toByteArray();
  }

  private static byte[] yes() {
    return new TlWriter().int32(BOOL_TRUE).toByteArray();
  }

  private static byte[] error(String name) {
    return new TlWriter().int32(RPC_ERROR).int32(400).string(name).toByteArray();
  }
}
