package io.doppelfleet.proxy.hello;

/**
 * Hellos of one kind differ in nothing that a server's answer depends on: keys, random bytes, host
 * name, GREASE (<a href="https://www.rfc-editor.org/rfc/rfc8701">RFC 8701</a>) and the order of
 * extensions, which clients shuffle. A cover gives hellos of one kind answers of one kind.
 *
 * @param id 16 hex digits, the same in every process
 */
public record HelloKind(String id) {
  private static final ThreadLocal<KindText> TEXT = ThreadLocal.withInitial(KindText::new);

  /** Of a hello that was read. Text is what its id was always made of, and it is kept. */
  public static HelloKind of(ClientHello hello) {
    return new HelloKind(TEXT.get().of(hello.signedBytes()));
  }

  /** 0x0a0a, 0x1a1a and so on to 0xfafa. */
  static boolean isGrease(int number) {
    return (number & 0x0f0f) == 0x0a0a && number >> 8 == (number & 0xff);
  }
}
