package io.doppelfleet.proxy.doppel;

import static io.doppelfleet.proxy.doppel.ProfileJsonTest.PROFILE;
import static org.assertj.core.api.Assertions.assertThat;

import io.doppelfleet.fleet.HostPort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each file that is of no use costs one line of the log, which the test looks for, and no more. */
class ProfileFileTest {
  private static final Profile UNKNOWN = Profile.unknown(PROFILE.site());

  @TempDir Path directory;

  @Test
  void whatWasKeptIsReadAgainAndIsItsOwnersAlone() throws Exception {
    new ProfileFile(directory).write(PROFILE);
    assertThat(new ProfileFile(directory).read(PROFILE.site())).isEqualTo(PROFILE);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void aFirstStartKnowsNothingAndSaysNothing() {
    try (Heard heard = new Heard(ProfileFile.class)) {
      assertThat(new ProfileFile(directory).read(PROFILE.site())).isEqualTo(UNKNOWN);
      assertThat(heard.lines()).isEmpty();
    }
  }

  @Test
  void theProfileOfAnotherCoverIsNotUsed() {
    HostPort another = new HostPort("another.example", 443);
    new ProfileFile(directory).write(PROFILE);
    assertThat(new ProfileFile(directory).read(another)).isEqualTo(Profile.unknown(another));
  }

  @Test
  void aFileThatWasCutAnywhereIsIgnoredWithALine() throws Exception {
    String text = ProfileJson.write(PROFILE);
    for (int length = 0; length < text.strip().length(); length += 7) {
      Files.writeString(file(), text.substring(0, length));
      ignored("it is no JSON object, or was cut");
    }
  }

  @Test
  void garbageIsIgnoredWithALine() throws Exception {
    Files.write(file(), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1, 2});
    ignored("it is no UTF-8");
    Files.writeString(file(), "[]");
    ignored("it is no JSON object, or was cut");
    Files.write(file(), new byte[(4 << 20) + 1]);
    ignored("it is longer than 4194304 bytes");
  }

  private void ignored(String why) {
    try (Heard heard = new Heard(ProfileFile.class)) {
      ProfileFile spoilt = new ProfileFile(directory);
      assertThat(spoilt.read(PROFILE.site())).isEqualTo(UNKNOWN);
      assertThat(heard.lines())
          .containsExactly(file() + " is ignored, the cover is learnt anew: " + why);
    }
  }

  @Test
  void whatWasIgnoredIsReplaced() throws Exception {
    Files.writeString(file(), "garbage");
    ProfileFile file = new ProfileFile(directory);
    assertThat(file.read(PROFILE.site())).isEqualTo(UNKNOWN);
    file.write(PROFILE);
    assertThat(new ProfileFile(directory).read(PROFILE.site())).isEqualTo(PROFILE);
  }

  @Test
  void aFileOfALaterVersionIsLeftAsItIs() throws Exception {
    String newer = ProfileJson.write(PROFILE).replace("\"format\" : 3", "\"format\" : 7");
    Files.writeString(file(), newer);
    ProfileFile file = new ProfileFile(directory);
    try (Heard heard = new Heard(ProfileFile.class)) {
      assertThat(file.read(PROFILE.site())).isEqualTo(UNKNOWN);
      file.write(PROFILE);
      assertThat(heard.lines())
          .singleElement()
          .asString()
          .startsWith(file() + " is of a later version and left as it is: format is 7");
    }
    assertThat(Files.readString(file())).isEqualTo(newer);
  }

  @Test
  void aDirectoryThatTakesNoFileIsSaidOnce() {
    Path gone = directory.resolve("gone");
    ProfileFile file = new ProfileFile(gone);
    try (Heard heard = new Heard(ProfileFile.class)) {
      file.write(PROFILE);
      file.write(PROFILE);
      assertThat(heard.lines())
          .singleElement()
          .asString()
          .startsWith("what was learnt of the cover can't be kept in " + gone);
    }
  }

  private Path file() {
    return directory.resolve("profile.json");
  }
}
