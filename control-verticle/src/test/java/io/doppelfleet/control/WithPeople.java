package io.doppelfleet.control;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A control to which people and programs come. */
abstract class WithPeople {
  static final String PASSWORD = "correct horse battery";

  @TempDir Path directory;
  TestControl control;

  @BeforeEach
  void start() throws Exception {
    control = TestControl.start(directory);
  }

  @AfterEach
  void end() throws Exception {
    control.close();
  }

  static JsonObject json(String... namesAndValues) {
    JsonObject json = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      json.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return json;
  }

  /** Who has come by the first link. */
  Visitor administrator() throws Exception {
    Visitor visitor = control.visitor();
    visitor.in(
        "/passwords",
        json("invitation", String.valueOf(control.invitation()), "password", PASSWORD));
    return visitor;
  }

  /** A program with a token of this role. */
  Visitor program(String name, String role) throws Exception {
    String made = json("name", name, "role", role).encode();
    String token = control.call("POST", "/tokens", made).body().getString("token");
    return control.visitor().with("Authorization", "Bearer " + token);
  }
}
