package io.doppelfleet.launcher.state;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The controls that this user's commands know, by name, and which one they ask unless another is
 * said: JSON in a file of mode 0600, for it has tokens.
 */
public final class ContextFile {
  private static final int FORMAT = 1;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private final Path path;

  private ContextFile(Path path) {
    this.path = path;
  }

  /**
   * What is in it.
   *
   * @param current the name of the one that is used; null: this machine's node
   * @param all by name
   */
  public record Contexts(@Nullable String current, Map<String, Context> all) {
    /** With one more, or another of its name, which is used from now on. */
    public Contexts with(Context context) {
      Map<String, Context> more = new TreeMap<>(all);
      more.put(context.name(), context);
      return new Contexts(context.name(), more);
    }

    /** The one of a name is used from now on; null: this machine's node. */
    public Contexts using(@Nullable String name) {
      return new Contexts(name, all);
    }

    /** Without the one of a name; where it was used, this machine's node is. */
    public Contexts without(String name) {
      Map<String, Context> fewer = new TreeMap<>(all);
      fewer.remove(name);
      return new Contexts(name.equals(current) ? null : current, fewer);
    }
  }

  /**
   * This user's: {@code $XDG_CONFIG_HOME/doppelfleet/contexts.json}, or {@code
   * ~/.config/doppelfleet/contexts.json}.
   */
  public static ContextFile byDefault(Map<String, String> environment, Path home) {
    String ofXdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    Path base = ofXdg.isEmpty() ? home.resolve(".config") : Path.of(ofXdg);
    return new ContextFile(base.resolve("doppelfleet/contexts.json"));
  }

  /** Whether a context may have this name. */
  public static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /**
   * What is in it; nothing where it isn't there.
   *
   * @throws StateException when others may read it, or it is spoilt
   */
  public Contexts read() throws StateException {
    String text;
    try {
      StateDirectory.refuseOthers(path);
      text = Files.readString(path);
    } catch (NoSuchFileException e) {
      return new Contexts(null, Map.of());
    } catch (IOException e) {
      throw new StateException(path + " can't be read", e);
    }
    try {
      JsonObject json = new JsonObject(text);
      int format = json.getInteger("format");
      if (format != FORMAT) {
        throw new StateException(
            path + " has format " + format + ", and this version knows " + FORMAT + " alone");
      }
      Map<String, Context> all = new TreeMap<>();
      JsonObject contexts = json.getJsonObject("contexts");
      for (String name : contexts.fieldNames()) {
        all.put(name, context(name, contexts.getJsonObject(name)));
      }
      return new Contexts(json.getString("current"), all);
    } catch (ClassCastException | NullPointerException | DecodeException e) {
      // Its words may quote a token.
      throw new StateException(path + " is spoilt: take it away, and add the contexts anew");
    }
  }

  private static Context context(String name, JsonObject json) {
    return new Context(
        name,
        Objects.requireNonNull(json.getString("url")),
        Objects.requireNonNull(json.getString("token")),
        json.getString("authority"),
        json.getString("fingerprint"));
  }

  /**
   * Keeps these, at once or not at all.
   *
   * @throws StateException when the file can't be written
   */
  public void write(Contexts contexts) throws StateException {
    JsonObject all = new JsonObject();
    for (Context each : contexts.all().values()) {
      JsonObject json = new JsonObject().put("url", each.url()).put("token", each.token());
      if (each.authority() != null) {
        json.put("authority", each.authority());
      }
      if (each.fingerprint() != null) {
        json.put("fingerprint", each.fingerprint());
      }
      all.put(each.name(), json);
    }
    JsonObject json = new JsonObject().put("format", FORMAT).put("contexts", all);
    if (contexts.current() != null) {
      json.put("current", contexts.current());
    }
    Path directory = path.getParent();
    try {
      if (directory != null) {
        StateDirectory.make(directory);
      }
      StateDirectory.write(path, json.encodePrettily() + "\n");
    } catch (IOException e) {
      throw new StateException("the contexts can't be kept in " + path, e);
    }
  }
}
