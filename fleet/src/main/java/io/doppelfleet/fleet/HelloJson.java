package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Base64;
import java.util.List;

/** The messages about hellos, as {@link MessageJson} describes them. */
final class HelloJson {
  /** Tokens of one text, which a {@link JsonReader} takes; a token is eight characters of it. */
  private static final int TOGETHER = 512;

  private HelloJson() {}

  static void write(JsonGenerator out, HelloTokens tokens) throws IOException {
    out.writeArrayFieldStart("tokens");
    for (int from = 0; from < tokens.size(); from += TOGETHER) {
      int count = Math.min(TOGETHER, tokens.size() - from);
      byte[] bytes = new byte[count * HelloTokens.BYTES];
      for (int i = 0; i < count; i++) {
        long token = tokens.get(from + i);
        for (int j = HelloTokens.BYTES - 1; j >= 0; j--) {
          bytes[i * HelloTokens.BYTES + j] = (byte) token;
          token >>>= 8;
        }
      }
      out.writeString(Base64.getUrlEncoder().encodeToString(bytes));
    }
    out.writeEndArray();
  }

  static SeenHellos seen(JsonReader in, MessageHead head) throws IOException {
    HelloTokens tokens = null;
    for (String field = in.next(); field != null; field = in.next()) {
      if (field.equals("tokens")) {
        tokens = tokens(in);
      } else {
        head.takeOrRefuse(field, in);
      }
    }
    return new SeenHellos(head.stamp(), JsonReader.required("tokens", tokens));
  }

  static KnownHellos known(JsonReader in, MessageHead head) throws IOException {
    Long total = null;
    HelloTokens tokens = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "total" -> total = in.number();
        case "tokens" -> tokens = tokens(in);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new KnownHellos(
        head.stamp(), JsonReader.required("total", total), JsonReader.required("tokens", tokens));
  }

  static HelloQuestion question(JsonReader in, MessageHead head) throws IOException {
    Integer from = null;
    HelloTokens tokens = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "from" -> from = in.integer();
        case "tokens" -> tokens = tokens(in);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new HelloQuestion(
        head.stamp(), JsonReader.required("from", from), JsonReader.required("tokens", tokens));
  }

  static HelloAnswer answer(JsonReader in, MessageHead head) throws IOException {
    Integer next = null;
    HelloTokens tokens = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "next" -> next = in.integer();
        case "tokens" -> tokens = tokens(in);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new HelloAnswer(
        head.stamp(),
        new HelloPart(JsonReader.required("tokens", tokens), JsonReader.required("next", next)));
  }

  private static HelloTokens tokens(JsonReader in) throws IOException {
    List<byte[]> texts = in.list(HelloJson::text);
    long[] tokens =
        new long[texts.stream().mapToInt(text -> text.length / HelloTokens.BYTES).sum()];
    int next = 0;
    for (byte[] text : texts) {
      for (int at = 0; at < text.length; at += HelloTokens.BYTES) {
        tokens[next++] = HelloTokens.at(text, at);
      }
    }
    return HelloTokens.of(tokens);
  }

  private static byte[] text(JsonReader in) throws IOException {
    String text = in.text();
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length % HelloTokens.BYTES == 0) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new InvalidValueException("", "is no tokens: eight characters of base64url are one");
  }
}
