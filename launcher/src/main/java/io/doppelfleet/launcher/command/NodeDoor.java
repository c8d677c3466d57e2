package io.doppelfleet.launcher.command;

import io.doppelfleet.launcher.state.ControlSocket;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The Unix socket of the node with a state directory, which lets its user and root do all. */
record NodeDoor(Path socket) implements Door {
  /** Of the node with this state directory. */
  static NodeDoor of(Path state) {
    return new NodeDoor(ControlSocket.in(state));
  }

  @Override
  public HttpClientOptions client() {
    return new HttpClientOptions();
  }

  @Override
  public RequestOptions request() {
    return new RequestOptions()
        .setServer(SocketAddress.domainSocketAddress(socket.toString()))
        .setHost("localhost")
        .setPort(80);
  }

  @Override
  public void check() throws CommandException {
    if (!Files.exists(socket)) {
      throw CommandException.failed(
          "no node with a store runs here: there is no "
              + socket
              + " (is it another --config, a node without control, or a control elsewhere, --url?)");
    }
  }

  @Override
  public CommandException unreachable(Throwable why) {
    return CommandException.failed(
        "the node can't be reached by " + socket + ", does it run? (" + why.getMessage() + ")");
  }

  @Override
  public CommandException noApi(int status) {
    return CommandException.failed("the node answered with " + status + " and no JSON");
  }

  @Override
  public CommandException refused(int status, String detail, @Nullable String after) {
    return status >= 500 ? CommandException.failed(detail) : CommandException.wrong(detail);
  }
}
