package io.doppelfleet.standin.client;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a legal ServerHello chose (RFC 8446, section 4.1.3).
 *
 * @param suite as in the TLS registry
 * @param group of the key share
 */
record ServerHello(int suite, Group group) {
  private static final int TYPE = 2;

  /** Message header, version, random and the length of the session id. */
  private static final int BEFORE_SESSION_ID = 4 + 2 + Tls.RANDOM_LENGTH + 1;

  static ServerHello check(byte[] message, ClientHello hello) {
    try {
      return parse(message, hello);
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new BrokenRuleException(Rule.SERVER_HELLO_FORM, "it is cut short");
    }
  }

  private static ServerHello parse(byte[] message, ClientHello hello) {
    require(message[0] == TYPE, Rule.SERVER_HELLO_FORM, "message type " + message[0]);
    int length = Tls.u24(message, 1);
    require(
        length == message.length - 4,
        Rule.SERVER_HELLO_FORM,
        "length " + length + " in a record of " + message.length);
    int version = Tls.u16(message, 4);
    require(version == Tls.TLS_1_2, Rule.LEGACY_VERSION, Integer.toHexString(version));
    byte[] sessionId = hello.sessionId();
    int end = BEFORE_SESSION_ID + (message[BEFORE_SESSION_ID - 1] & 0xff);
    require(
        Arrays.equals(
            message,
            BEFORE_SESSION_ID,
            Math.min(end, message.length),
            sessionId,
            0,
            sessionId.length),
        Rule.SESSION_ID_ECHOED,
        "it differs");
    int suite = Tls.u16(message, end);
    require(
        suite >= 0x1301 && suite <= 0x1303 && hello.offersSuite(suite),
        Rule.CIPHER_SUITE,
        Integer.toHexString(suite) + " was not offered or is none of TLS 1.3");
    require(message[end + 2] == 0, Rule.COMPRESSION, "method " + message[end + 2]);
    Map<Integer, byte[]> extensions = extensions(message, end + 3);
    checkVersion(extensions.get(Tls.EXTENSION_SUPPORTED_VERSIONS));
    Group group = checkShare(extensions.get(Tls.EXTENSION_KEY_SHARE), hello);
    require(extensions.size() == 2, Rule.EXTENSIONS, "unasked ones");
    return new ServerHello(suite, group);
  }

  private static Map<Integer, byte[]> extensions(byte[] message, int at) {
    Map<Integer, byte[]> extensions = new HashMap<>();
    int length = Tls.u16(message, at);
    require(at + 2 + length == message.length, Rule.SERVER_HELLO_FORM, "extensions' length");
    at += 2;
    while (at < message.length) {
      int end = at + 4 + Tls.u16(message, at + 2);
      require(end <= message.length, Rule.SERVER_HELLO_FORM, "an extension's length");
      byte[] body = Arrays.copyOfRange(message, at + 4, end);
      require(
          extensions.put(Tls.u16(message, at), body) == null, Rule.EXTENSIONS, "one comes twice");
      at = end;
    }
    return extensions;
  }

  private static void checkVersion(byte @Nullable [] body) {
    if (body == null) {
      throw new BrokenRuleException(Rule.EXTENSIONS, "supported_versions is missing");
    }
    require(
        body.length == 2 && Tls.u16(body, 0) == Tls.TLS_1_3,
        Rule.SUPPORTED_VERSION,
        "it is not 0304");
  }

  private static Group checkShare(byte @Nullable [] body, ClientHello hello) {
    if (body == null) {
      throw new BrokenRuleException(Rule.EXTENSIONS, "key_share is missing");
    }
    int code = Tls.u16(body, 0);
    for (Group group : Group.values()) {
      if (group.code() == code && hello.hasShareOf(group)) {
        checkShare(group, body, hello.keys());
        return group;
      }
    }
    throw new BrokenRuleException(
        Rule.KEY_SHARE_GROUP, "the client sent no share of " + Integer.toHexString(code));
  }

  private static void checkShare(Group group, byte[] body, @Nullable ClientKeys keys) {
    int length = Tls.u16(body, 2);
    require(
        length == group.serverLength() && body.length == 4 + length,
        Rule.KEY_SHARE_LENGTH,
        length + " bytes of " + group);
    byte[] share = Arrays.copyOfRange(body, 4, body.length);
    if (keys != null) {
      keys.check(group, share);
    } else {
      ClientKeys.checkPoint(Arrays.copyOfRange(share, share.length - 32, share.length));
    }
  }

  private static void require(boolean holds, Rule rule, String otherwise) {
    if (!holds) {
      throw new BrokenRuleException(rule, otherwise);
    }
  }
}
