package io.doppelfleet.fleet.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SealKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SEALED_IN_FORMAT_1 =
      "0178479355f6a97b21000102030405060708090a0be9a9502e529d5aaa9bb2d42818237e68198117";
  private static final SealKey KEY = new SealKey(new byte[SealKey.LENGTH]);

  @Property(tries = 200)
  void aSealedValueOpensAsWhatItWasAndAsNothingElse(
      @ForAll @Size(max = 500) byte[] plain, @ForAll String about) throws Exception {
    byte[] sealed = KEY.seal(plain, about, RANDOM);
    assertThat(KEY.open(sealed, about)).isEqualTo(plain);
    assertThatExceptionOfType(SealException.class)
        .isThrownBy(() -> KEY.open(sealed, about + "'"))
        .withMessageEndingWith("was changed");
  }

  @Property(tries = 200)
  void aSealedValueWithABitChangedOrCutOpensAsNothing(
      @ForAll @Size(max = 100) byte[] plain,
      @ForAll @IntRange(min = 0, max = 10_000) int place,
      @ForAll @IntRange(min = 0, max = 7) int bit)
      throws Exception {
    byte[] sealed = KEY.seal(plain, "a", RANDOM);
    byte[] changed = sealed.clone();
    changed[place % sealed.length] ^= (byte) (1 << bit);
    assertThatExceptionOfType(SealException.class).isThrownBy(() -> opened(changed));
    byte[] cut = Arrays.copyOf(sealed, place % sealed.length);
    assertThatExceptionOfType(SealException.class).isThrownBy(() -> opened(cut));
  }

  /** As the store does it. */
  private static byte[] opened(byte[] sealed) throws SealException {
    if (!SealKey.keyOf(sealed).equals(KEY.id())) {
      throw new SealException("another key");
    }
    return KEY.open(sealed, "a");
  }

  @Test
  void theSameValueIsNeverSealedAlikeTwice() {
    assertThat(KEY.seal(new byte[9], "a", RANDOM)).isNotEqualTo(KEY.seal(new byte[9], "a", RANDOM));
  }

  /** A later version must read this. */
  @Test
  void format1OpensAsItWasSealedWhenItWasNew() throws Exception {
    byte[] sealed = HexFormat.of().parseHex(SEALED_IN_FORMAT_1);
    assertThat(SealKey.keyOf(sealed)).isEqualTo(KEY.id());
    assertThat(KEY.open(sealed, "SECRET alice of revision 2")).isEqualTo("abc".getBytes(UTF_8));
  }

  @Test
  void aValueOfANewerFormatIsAClearError() {
    byte[] sealed = KEY.seal(new byte[9], "a", RANDOM);
    sealed[0] = 2;
    assertThatExceptionOfType(SealException.class)
        .isThrownBy(() -> SealKey.keyOf(sealed))
        .withMessage("a sealed value is of format 2: this version reads 1");
  }

  @Test
  void neverShowsItselfAsText() {
    assertThat(KEY.toString()).isEqualTo("SealKey[id=" + KEY.id() + "]");
    assertThat(KEY.id()).hasSize(16);
  }
}
