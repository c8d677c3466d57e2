package io.doppelfleet.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StateSignatureTest {
  private static final String CHECKSUM = "ab".repeat(32);

  @Test
  void isOfItsStateAndItsKeyAlone() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    KeyPair others = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    StateSignature signature = StateSignature.of(CHECKSUM, keys.getPrivate());
    assertThat(signature.isOf(CHECKSUM, keys.getPublic())).isTrue();
    assertThat(signature.isOf("ac" + CHECKSUM.substring(2), keys.getPublic())).isFalse();
    assertThat(signature.isOf(CHECKSUM, others.getPublic())).isFalse();
    assertThat(new StateSignature(new byte[64]).isOf(CHECKSUM, keys.getPublic())).isFalse();
    byte[] unreadable = new byte[64];
    Arrays.fill(unreadable, (byte) 0xff);
    assertThat(new StateSignature(unreadable).isOf(CHECKSUM, keys.getPublic())).isFalse();
  }

  /** Ed25519 signs alike each time, so a later version must make the same of the same. */
  @Test
  void theWordsThatAreSignedAreKept() throws Exception {
    byte[] key = HexFormat.of().parseHex("302e020100300506032b657004220420" + "11".repeat(32));
    var secret = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(key));
    assertThat(StateSignature.of(CHECKSUM, secret).toHex())
        .isEqualTo(
            "90530d866c77c0259221bbf0d550cc8e0be5187d6e2592b68144abc15358d8a6"
                + "a6fd9847a42be50ec412b924adec9e163aa32d77f29a3071e3e76df3a4d0ca07");
  }
}
