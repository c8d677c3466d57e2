package io.doppelfleet.standin.client;

/**
 * What real FakeTLS clients, or a passive observer who knows RFC 8446, hold a proxy to. Each is
 * broken by some proxy in the field, and noticed by some client.
 */
public enum Rule {
  /** The proxy answers. */
  ANSWERED,
  /** The whole flight comes in one write: Android fails otherwise. */
  ONE_WRITE,
  /** The flight begins with one handshake record. */
  HANDSHAKE_RECORD_FIRST,
  /** All records are of version 0303. */
  RECORD_VERSION,
  /** The second record of the flight is {@code 14 03 03 00 01 01}, and there is no other. */
  ONE_CHANGE_CIPHER_SPEC,
  /** The third record of the flight is of application data. */
  ONE_APPLICATION_RECORD,
  /** Records of the flight carry 1..10240 bytes: iOS hangs otherwise. */
  FLIGHT_LENGTHS,
  /** Nothing follows the flight before the client's first data. */
  QUIET_UNTIL_CLIENT_DATA,
  /** The server's random is the HMAC that protocol.md defines. */
  RANDOM_IS_DIGEST,
  /** The handshake record is one ServerHello and nothing else. */
  SERVER_HELLO_FORM,
  /** Its legacy_version is 0303. */
  LEGACY_VERSION,
  /** It echoes the client's session id. */
  SESSION_ID_ECHOED,
  /** Its suite is one of TLS 1.3 and was offered. */
  CIPHER_SUITE,
  /** Its compression method is null. */
  COMPRESSION,
  /** It has the extensions supported_versions and key_share, each once, and no other. */
  EXTENSIONS,
  /** It selects version 0304. */
  SUPPORTED_VERSION,
  /** Its key share is of a group for which the client sent one. */
  KEY_SHARE_GROUP,
  /** Its key share is as long as the group says. */
  KEY_SHARE_LENGTH,
  /** Its key share is a public key (or a ciphertext for the client's key), not random bytes. */
  KEY_SHARE_VALUE,
  /** After the flight all records are application data. */
  RECORD_TYPE,
  /** After the flight records carry 1..16401 bytes. */
  RECORD_LENGTH
}
