package io.doppelfleet.control.seal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FleetKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String SEALED_IN_FORMAT_1 =
      "0178479355f6a97b21000102030405060708090a0be9a9502e529d5aaa9bb2d42818237e68198117";
  private static final FleetKey KEY = new FleetKey(new byte[FleetKey.LENGTH]);

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
    if (!FleetKey.keyOf(sealed).equals(KEY.id())) {
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
    assertThat(FleetKey.keyOf(sealed)).isEqualTo(KEY.id());
    assertThat(KEY.open(sealed, "SECRET alice of revision 2")).isEqualTo("abc".getBytes(UTF_8));
  }

  @Test
  void aValueOfANewerFormatIsAClearError() {
    byte[] sealed = KEY.seal(new byte[9], "a", RANDOM);
    sealed[0] = 2;
    assertThatExceptionOfType(SealException.class)
        .isThrownBy(() -> FleetKey.keyOf(sealed))
        .withMessage("a sealed value is of format 2: this version reads 1");
  }

  @Test
  void neverShowsItselfAsText() {
    assertThat(KEY.toString()).isEqualTo("FleetKey[id=" + KEY.id() + "]");
    assertThat(KEY.id()).hasSize(16);
  }

  @Test
  void anyNumberOfControlsThatMakeAFileAtOnceHaveOneKey(@TempDir Path directory) throws Exception {
    FleetKeyFile file = new FleetKeyFile(directory.resolve("fleet.key"), RANDOM);
    file.create();
    String id = file.read().getFirst().id();
    file.create();
    assertThat(file.read()).extracting(FleetKey::id).containsExactly(id);
    assertThat(directory).isDirectoryNotContaining(path -> !path.equals(file.path()));
  }

  @Test
  void aChangeDropsNoKeyWhereTheFileHasNotTheOneToKeep(@TempDir Path directory) throws Exception {
    FleetKeyFile file = new FleetKeyFile(directory.resolve("fleet.key"), RANDOM);
    file.create();
    Seals seals = new Seals(file, RANDOM);
    byte[] sealed = seals.seal(seals.newest(), new byte[9], "a");
    try (Seals.Change change = seals.change()) {
      byte[] anew = seals.seal(change.add(sealed), new byte[9], "a");
      file.write(List.of(KEY)); // by another hand
      assertThatExceptionOfType(SealException.class).isThrownBy(() -> change.keepOnly(anew));
      assertThatExceptionOfType(SealException.class).isThrownBy(() -> change.add(anew));
    }
    assertThat(file.read()).extracting(FleetKey::id).containsExactly(KEY.id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "doppelfleet-fleet-key 2\n",
        "doppelfleet-fleet-key 1\n",
        "doppelfleet-fleet-key 1\n00\n",
        "doppelfleet-fleet-key 1\n\n",
      })
  void aSpoiltFileIsAClearErrorAndStaysAsItIs(String text, @TempDir Path directory)
      throws Exception {
    FleetKeyFile file = fileOf(directory, text, "rw-------");
    assertThatExceptionOfType(SealException.class)
        .isThrownBy(file::read)
        .withMessageContaining(file.path().toString())
        .withMessageEndingWith("put the key file back from a copy");
    assertThat(file.path()).hasContent(text);
  }

  @Test
  void aFileThatOthersMayReadIsNotUsed(@TempDir Path directory) throws Exception {
    FleetKeyFile file =
        fileOf(directory, "doppelfleet-fleet-key 1\n" + "0".repeat(64), "rw-r-----");
    assertThatExceptionOfType(SealException.class)
        .isThrownBy(file::read)
        .withMessageEndingWith("is open to other users (rw-r-----): chmod 600 it");
    Files.setPosixFilePermissions(file.path(), PosixFilePermissions.fromString("r--------"));
    assertThat(file.read()).extracting(FleetKey::id).isEqualTo(List.of(KEY.id()));
  }

  private static FleetKeyFile fileOf(Path directory, String text, String mode) throws Exception {
    Path path = Files.writeString(directory.resolve("fleet.key"), text);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    return new FleetKeyFile(path, RANDOM);
  }
}
