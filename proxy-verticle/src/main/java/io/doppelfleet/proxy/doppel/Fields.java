package io.doppelfleet.proxy.doppel;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object, read strictly: a field must be there, of its type and within its bounds, and
 * {@link #end} finds those that nobody asked for.
 */
final class Fields {
  private final JsonObject object;
  private final String path;
  private final Set<String> known = new HashSet<>();

  /**
   * Of an object.
   *
   * @param path what stands before a field's name in a message: empty, or with a dot at its end
   */
  Fields(JsonObject object, String path) {
    this.object = object;
    this.path = path;
  }

  String text(String name) throws ProfileFormatException {
    if (value(name) instanceof String text) {
      return text;
    }
    throw wrong(name, "a text");
  }

  boolean yes(String name) throws ProfileFormatException {
    if (value(name) instanceof Boolean yes) {
      return yes;
    }
    throw wrong(name, "true or false");
  }

  int number(String name, int least, int most) throws ProfileFormatException {
    return (int) number(name, value(name), least, most);
  }

  long number(String name, long least, long most) throws ProfileFormatException {
    return number(name, value(name), least, most);
  }

  /** A list of at most so many numbers. */
  List<Integer> numbers(String name, int least, int most, int atMost)
      throws ProfileFormatException {
    List<Integer> numbers = new ArrayList<>();
    for (Object element : list(name, atMost)) {
      numbers.add((int) number(name + "[" + numbers.size() + "]", element, least, most));
    }
    return numbers;
  }

  /** A list of at most so many objects. */
  List<Fields> objects(String name, int atMost) throws ProfileFormatException {
    List<Fields> objects = new ArrayList<>();
    for (Object element : list(name, atMost)) {
      String at = name + "[" + objects.size() + "]";
      if (!(element instanceof JsonObject each)) {
        throw wrong(at, "an object");
      }
      objects.add(new Fields(each, path + at + "."));
    }
    return objects;
  }

  /** An object, or null where the field is null. */
  @Nullable Fields objectOrNull(String name) throws ProfileFormatException {
    Object value = value(name);
    if (value == null) {
      return null;
    }
    if (value instanceof JsonObject each) {
      return new Fields(each, path + name + ".");
    }
    throw wrong(name, "an object or null");
  }

  /** That was all. */
  void end() throws ProfileFormatException {
    for (String name : object.fieldNames()) {
      if (!known.contains(name)) {
        throw new ProfileFormatException(path + name + " is no field of this form");
      }
    }
  }

  /** That a field isn't what it should be. */
  ProfileFormatException wrong(String name, String right) {
    return new ProfileFormatException(path + name + ": " + right + " is right");
  }

  private JsonArray list(String name, int atMost) throws ProfileFormatException {
    if (value(name) instanceof JsonArray list && list.size() <= atMost) {
      return list;
    }
    throw wrong(name, "a list of at most " + atMost);
  }

  private long number(String name, @Nullable Object value, long least, long most)
      throws ProfileFormatException {
    if ((value instanceof Integer || value instanceof Long)
        && value instanceof Number number
        && number.longValue() >= least
        && number.longValue() <= most) {
      return number.longValue();
    }
    throw wrong(name, "a whole number in " + least + ".." + most);
  }

  private @Nullable Object value(String name) throws ProfileFormatException {
    known.add(name);
    if (!object.containsKey(name)) {
      throw new ProfileFormatException(path + name + " is missing");
    }
    return object.getValue(name);
  }
}
