package io.doppelfleet.launcher.command;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Link;
import io.doppelfleet.fleet.Secret;
import io.doppelfleet.launcher.screen.Screen;
import io.doppelfleet.launcher.screen.Terminal;
import io.doppelfleet.launcher.state.Access;
import io.doppelfleet.launcher.state.StateDirectory;
import io.doppelfleet.launcher.state.StateException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A secret's links: on a terminal they are shown, else left in a file of mode 0600. */
final class SecretLinks {
  private final FleetOptions options;
  private final ApiClient api;
  private final Path state;

  SecretLinks(FleetOptions options, ApiClient api, Path state) {
    this.options = options;
    this.api = api;
    this.state = state;
  }

  /** Shows them, or says where they are. */
  void show(String name) throws CommandException, StateException {
    JsonObject answer = answer(name);
    List<Access> all = links(answer);
    if (Terminal.isThere()) {
      StringBuilder text = new StringBuilder();
      all.forEach(access -> text.append(Screen.links(access)));
      answer.remove("secret"); // the links have it
      options.print(answer, all.isEmpty() ? none(name) : text.toString());
      return;
    }
    if (all.isEmpty()) {
      options.print(new JsonObject().put("name", name), none(name));
      return;
    }
    Path file = Access.fileIn(state, name);
    try {
      StateDirectory.make(state); // of a control elsewhere there may be none here
    } catch (IOException e) {
      throw CommandException.failed(state + " can't be made for the links: " + e.getMessage());
    }
    Access.write(file, all);
    options.print(
        new JsonObject().put("name", name).put("file", file.toString()),
        "this is no terminal; the links of " + name + " are in " + file + "\n");
  }

  /** In the file that was left, where one was: its links are of a key that ends. */
  void replace(String name) throws CommandException, StateException {
    Path file = Access.fileIn(state, name);
    if (Files.exists(file)) {
      Access.write(file, links(answer(name)));
    }
  }

  private JsonObject answer(String name) throws CommandException {
    return api.get("/secrets/" + ApiClient.part(name) + "/links").body();
  }

  private static List<Access> links(JsonObject answer) {
    Secret secret = Secret.parse(answer.getString("secret"));
    return answer.getJsonArray("links").stream()
        .map(
            link -> {
              HostPort server = HostPort.parse(((JsonObject) link).getString("server"));
              return new Access(answer.getString("name"), new Link(server, secret));
            })
        .toList();
  }

  private static String none(String name) {
    return "no node is there that " + name + " could be reached by\n";
  }
}
