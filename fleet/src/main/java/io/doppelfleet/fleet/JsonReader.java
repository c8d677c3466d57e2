package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON from front to back and never holds it as a tree: a state may have twenty thousand
 * secrets. Its errors name the field and quote no value that may be secret.
 */
final class JsonReader {
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(16).maxStringLength(4096).build())
          .build();

  private final JsonParser parser;

  private JsonReader(JsonParser parser) {
    this.parser = parser;
  }

  /** Reads the value that the reader stands on. */
  interface Form<T> {
    T read(JsonReader in) throws IOException;
  }

  /**
   * The one value that these bytes are.
   *
   * @throws InvalidValueException where they are no JSON, another value, or more than one
   */
  static <T> T read(byte[] utf8, Form<T> form) {
    try (JsonParser parser = FACTORY.createParser(utf8)) {
      return new JsonReader(parser).whole(form);
    } catch (JacksonException e) { // its words quote what it has met
      throw new InvalidValueException(
          "", "is no JSON, or cut, or has a field twice: see byte " + place(e.getLocation()));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // bytes in memory can be read
    }
  }

  private static long place(@Nullable JsonLocation location) {
    return location == null ? 0 : location.getByteOffset();
  }

  private <T> T whole(Form<T> form) throws IOException {
    try {
      parser.nextToken();
      T value = form.read(this);
      if (parser.nextToken() != null) {
        throw new InvalidValueException("", "goes on after its end: one value would be right");
      }
      return value;
    } catch (InvalidValueException e) {
      throw e.in(path());
    }
  }

  /** Where the parser is. What it has read to the end it has left. */
  private String path() {
    String path = "";
    for (JsonStreamContext at = parser.getParsingContext(); at != null; at = at.getParent()) {
      String part = part(at);
      if (part != null) {
        path = path.isEmpty() ? part : part + "." + path;
      }
    }
    return path;
  }

  private static @Nullable String part(JsonStreamContext at) {
    String name = at.inArray() ? (String) at.getCurrentValue() : at.getCurrentName();
    if (name != null) {
      return Bounds.line(name);
    }
    return at.inArray() && at.hasCurrentIndex() ? String.valueOf(at.getCurrentIndex()) : null;
  }

  /**
   * Steps into an object, to its first field's value; that field's name, null where it has none.
   */
  @Nullable String begin() throws IOException {
    expect(JsonToken.START_OBJECT, "an object");
    return next();
  }

  /** Steps to the next field's value; that field's name, null at the object's end. */
  @Nullable String next() throws IOException {
    String field = parser.nextFieldName();
    if (field != null) {
      parser.nextToken();
    }
    return field;
  }

  String text() throws IOException {
    expect(JsonToken.VALUE_STRING, "a text");
    return parser.getText();
  }

  /** The text by which errors call the object that it is in, instead of by its place in a list. */
  String name() throws IOException {
    String name = text();
    parser.getParsingContext().getParent().setCurrentValue(name);
    return name;
  }

  long number() throws IOException {
    expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
    if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
      throw new InvalidValueException("", "is too great: 2^63 - 1 is the greatest number");
    }
    return parser.getLongValue();
  }

  int integer() throws IOException {
    long number = number();
    if (number != (int) number) {
      throw new InvalidValueException("", "is " + number + ": -2^31 to 2^31 - 1 would be right");
    }
    return (int) number;
  }

  boolean truth() throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null || !token.isBoolean()) {
      throw new InvalidValueException("", "is not true or false");
    }
    return parser.getBooleanValue();
  }

  Duration seconds() throws IOException {
    return Duration.ofSeconds(number());
  }

  Instant time() throws IOException {
    String text = text();
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new InvalidValueException(
          "", "is " + Bounds.quoted(text) + ": a time like 2026-11-25T07:25:18Z would be right");
    }
  }

  /** Bytes in hex, whose number is checked by who takes them: this many digits are right. */
  byte[] hex(int digits) throws IOException {
    try {
      return HexFormat.of().parseHex(text());
    } catch (IllegalArgumentException e) { // its words quote the key
      throw new InvalidValueException("", "is no hex: " + digits + " digits would be right");
    }
  }

  <T> List<T> list(Form<T> form) throws IOException {
    expect(JsonToken.START_ARRAY, "a list");
    JsonStreamContext list = parser.getParsingContext();
    List<T> all = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.setCurrentValue(null); // the one before may have had a name
      all.add(form.read(this));
    }
    return all;
  }

  /** To be thrown where an object has a field that this version doesn't know. */
  static InvalidValueException unknown() {
    return new InvalidValueException("", "is no field of this format");
  }

  static <T> T required(String field, @Nullable T value) {
    if (value == null) {
      throw new InvalidValueException(field, "is missing");
    }
    return value;
  }

  private void expect(JsonToken token, String right) {
    if (parser.currentToken() != token) {
      throw new InvalidValueException("", "is not " + right);
    }
  }
}
