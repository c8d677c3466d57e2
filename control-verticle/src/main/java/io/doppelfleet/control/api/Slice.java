package io.doppelfleet.control.api;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list that may be long: what stands after the call's {@code cursor}, and no more than
 * its {@code limit}. A cursor is the key of the last that was answered, whether or not that is
 * there yet: so what is added or taken away meanwhile has nobody miss another or see one twice.
 *
 * @param next the cursor of the next page; null: there is none
 */
record Slice<T>(List<T> page, @Nullable String next) {
  /** Of all that is in the order of its keys. */
  static <T> Slice<T> of(Call call, Stream<T> all, Function<T, String> key) {
    String cursor = call.textOrNull("cursor");
    Stream<T> rest =
        cursor == null ? all : all.filter(each -> key.apply(each).compareTo(cursor) > 0);
    return of(call, rest.limit(call.number("limit") + 1).toList(), key);
  }

  /** Of what stands after the cursor, with one more than the limit if there are so many. */
  static <T> Slice<T> of(Call call, List<T> rest, Function<T, String> key) {
    int most = (int) call.number("limit");
    if (rest.size() <= most) {
      return new Slice<>(rest, null);
    }
    List<T> page = List.copyOf(rest.subList(0, most));
    return new Slice<>(page, key.apply(page.getLast()));
  }

  /** The answer with the place where the next page begins. */
  JsonObject next(JsonObject answer) {
    return next == null ? answer : answer.put("next", next);
  }
}
