package io.doppelfleet.standin.client;

import java.util.Arrays;

/**
 * A proxy's answer to a hello.
 *
 * @param suite as in the TLS registry
 * @param group of the key share
 * @param serverHelloLength payload bytes of the first record
 * @param applicationLength payload bytes of the third record
 */
public record ServerFlight(int suite, Group group, int serverHelloLength, int applicationLength) {
  /** iOS hangs when a record of the flight is longer. */
  private static final int MAX_LENGTH = 10240;

  private static final byte[] CHANGE_CIPHER_SPEC = {20, 3, 3, 0, 1, 1};

  /**
   * Checks what one read returned.
   *
   * @throws BrokenRuleException when it isn't exactly the flight that clients accept
   */
  public static ServerFlight check(byte[] bytes, ClientHello hello) {
    Lengths lengths = checkRecords(bytes, hello);
    int end = Tls.RECORD_HEADER + lengths.serverHello();
    ServerHello answer =
        ServerHello.check(Arrays.copyOfRange(bytes, Tls.RECORD_HEADER, end), hello);
    return new ServerFlight(
        answer.suite(), answer.group(), lengths.serverHello(), lengths.application());
  }

  /** Payload bytes of the first and the third record. */
  record Lengths(int serverHello, int application) {}

  /** The same without a look into the ServerHello. */
  static Lengths checkRecords(byte[] bytes, ClientHello hello) {
    int serverHelloLength = record(bytes, 0, Tls.HANDSHAKE, Rule.HANDSHAKE_RECORD_FIRST);
    int second = Tls.RECORD_HEADER + serverHelloLength;
    int specLength = record(bytes, second, Tls.CHANGE_CIPHER_SPEC, Rule.ONE_CHANGE_CIPHER_SPEC);
    int third = second + Tls.RECORD_HEADER + specLength;
    if (!Arrays.equals(bytes, second, third, CHANGE_CIPHER_SPEC, 0, CHANGE_CIPHER_SPEC.length)) {
      throw new BrokenRuleException(Rule.ONE_CHANGE_CIPHER_SPEC, "its payload is not 01");
    }
    Rule rule =
        third < bytes.length && bytes[third] == Tls.CHANGE_CIPHER_SPEC
            ? Rule.ONE_CHANGE_CIPHER_SPEC
            : Rule.ONE_APPLICATION_RECORD;
    int applicationLength = record(bytes, third, Tls.APPLICATION_DATA, rule);
    int end = third + Tls.RECORD_HEADER + applicationLength;
    if (bytes.length > end) {
      throw new BrokenRuleException(
          Rule.QUIET_UNTIL_CLIENT_DATA, bytes.length - end + " bytes follow the flight");
    }
    checkDigest(bytes, hello);
    return new Lengths(serverHelloLength, applicationLength);
  }

  /** The payload's length of the record at an offset. */
  private static int record(byte[] bytes, int at, int type, Rule typeRule) {
    if (at < bytes.length && bytes[at] != type) {
      throw new BrokenRuleException(
          typeRule, "type " + (bytes[at] & 0xff) + " where " + type + " is right");
    }
    requireWhole(bytes, at + Tls.RECORD_HEADER);
    int version = Tls.u16(bytes, at + 1);
    if (version != Tls.TLS_1_2) {
      throw new BrokenRuleException(Rule.RECORD_VERSION, Integer.toHexString(version));
    }
    int length = Tls.u16(bytes, at + 3);
    if (length < 1 || length > MAX_LENGTH) {
      throw new BrokenRuleException(Rule.FLIGHT_LENGTHS, length + " bytes");
    }
    requireWhole(bytes, at + Tls.RECORD_HEADER + length);
    return length;
  }

  private static void requireWhole(byte[] bytes, int end) {
    if (bytes.length < end) {
      throw new BrokenRuleException(
          Rule.ONE_WRITE, "the first read gave " + bytes.length + " bytes of " + end + " or more");
    }
  }

  private static void checkDigest(byte[] flight, ClientHello hello) {
    byte[] blank = flight.clone();
    Arrays.fill(blank, Tls.RANDOM_OFFSET, Tls.RANDOM_OFFSET + Tls.RANDOM_LENGTH, (byte) 0);
    byte[] digest = Tls.hmac(hello.key(), hello.random(), blank);
    if (!Arrays.equals(
        digest,
        0,
        digest.length,
        flight,
        Tls.RANDOM_OFFSET,
        Tls.RANDOM_OFFSET + Tls.RANDOM_LENGTH)) {
      throw new BrokenRuleException(Rule.RANDOM_IS_DIGEST, "it differs");
    }
  }
}
