package io.doppelfleet.fleet;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The messages about limits over the whole fleet, as {@link MessageJson} describes them. */
final class LimitJson {
  private static final int TOKEN_BYTES = LimitQuestion.TOKEN_BITS / Byte.SIZE;

  private LimitJson() {}

  static void write(JsonGenerator out, LimitQuestion question) throws IOException {
    out.writeArrayFieldStart("uses");
    for (LimitQuestion.Use use : question.uses()) {
      out.writeStartObject();
      out.writeStringField("secret", use.secret());
      LimitQuestion.Connections connections = use.connections();
      if (connections != null) {
        out.writeObjectFieldStart("connections");
        out.writeNumberField("taken", connections.taken());
        out.writeNumberField("waiting", connections.waiting());
        out.writeNumberField("held", connections.held());
        out.writeEndObject();
      }
      LimitQuestion.Addresses addresses = use.addresses();
      if (addresses != null) {
        out.writeObjectFieldStart("addresses");
        out.writeNumberField("generation", addresses.generation());
        out.writeStringField("wanted", text(addresses.wanted()));
        out.writeStringField("seen", text(addresses.seen()));
        out.writeEndObject();
      }
      LimitQuestion.Rate rate = use.rate();
      if (rate != null) {
        out.writeObjectFieldStart("rate");
        out.writeNumberField("wanted", rate.wanted());
        out.writeNumberField("held", rate.held());
        out.writeEndObject();
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static void write(JsonGenerator out, LimitAnswer answer) throws IOException {
    out.writeNumberField("nodes", answer.nodes());
    out.writeArrayFieldStart("shares");
    for (LimitAnswer.Share share : answer.shares()) {
      out.writeStartObject();
      out.writeStringField("secret", share.secret());
      Integer connections = share.connections();
      if (connections != null) {
        out.writeNumberField("connections", connections);
      }
      List<Integer> addresses = share.addresses();
      if (addresses != null) {
        out.writeStringField("addresses", text(addresses));
      }
      Long rate = share.rate();
      if (rate != null) {
        out.writeNumberField("rate", rate);
      }
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static LimitQuestion question(JsonReader in, MessageHead head) throws IOException {
    List<LimitQuestion.Use> uses = null;
    for (String field = in.next(); field != null; field = in.next()) {
      if (field.equals("uses")) {
        uses = in.list(LimitJson::use);
      } else {
        head.takeOrRefuse(field, in);
      }
    }
    return new LimitQuestion(head.stamp(), JsonReader.required("uses", uses));
  }

  private static LimitQuestion.Use use(JsonReader in) throws IOException {
    String secret = null;
    LimitQuestion.Connections connections = null;
    LimitQuestion.Addresses addresses = null;
    LimitQuestion.Rate rate = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "connections" -> connections = connections(in);
        case "addresses" -> addresses = addresses(in);
        case "rate" -> rate = rate(in);
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitQuestion.Use(
        JsonReader.required("secret", secret), connections, addresses, rate);
  }

  private static LimitQuestion.Connections connections(JsonReader in) throws IOException {
    Integer taken = null;
    Integer waiting = null;
    Integer held = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "taken" -> taken = in.integer();
        case "waiting" -> waiting = in.integer();
        case "held" -> held = in.integer();
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitQuestion.Connections(
        JsonReader.required("taken", taken),
        JsonReader.required("waiting", waiting),
        JsonReader.required("held", held));
  }

  private static LimitQuestion.Addresses addresses(JsonReader in) throws IOException {
    Integer generation = null;
    List<Integer> wanted = null;
    List<Integer> seen = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "generation" -> generation = in.integer();
        case "wanted" -> wanted = tokens(in.text());
        case "seen" -> seen = tokens(in.text());
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitQuestion.Addresses(
        JsonReader.required("generation", generation),
        JsonReader.required("wanted", wanted),
        JsonReader.required("seen", seen));
  }

  /** Four characters of base64url for each. */
  private static String text(List<Integer> tokens) {
    byte[] bytes = new byte[tokens.size() * TOKEN_BYTES];
    for (int i = 0; i < bytes.length; i++) {
      int shift = Byte.SIZE * (TOKEN_BYTES - 1 - i % TOKEN_BYTES);
      bytes[i] = (byte) (tokens.get(i / TOKEN_BYTES) >>> shift);
    }
    return Base64.getUrlEncoder().encodeToString(bytes);
  }

  private static List<Integer> tokens(String text) {
    byte[] bytes = bytes(text);
    List<Integer> tokens = new ArrayList<>();
    for (int i = 0; i < bytes.length; i += TOKEN_BYTES) {
      int token = 0;
      for (int j = i; j < i + TOKEN_BYTES; j++) {
        token = (token << Byte.SIZE) | (bytes[j] & 0xff);
      }
      tokens.add(token);
    }
    return tokens;
  }

  private static byte[] bytes(String text) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      if (bytes.length % TOKEN_BYTES == 0) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new InvalidValueException("", "is no tokens: four characters of base64url are one");
  }

  private static LimitQuestion.Rate rate(JsonReader in) throws IOException {
    Long wanted = null;
    Long held = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "wanted" -> wanted = in.number();
        case "held" -> held = in.number();
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitQuestion.Rate(
        JsonReader.required("wanted", wanted), JsonReader.required("held", held));
  }

  static LimitAnswer answer(JsonReader in, MessageHead head) throws IOException {
    Integer nodes = null;
    List<LimitAnswer.Share> shares = null;
    for (String field = in.next(); field != null; field = in.next()) {
      switch (field) {
        case "nodes" -> nodes = in.integer();
        case "shares" -> shares = in.list(LimitJson::share);
        default -> head.takeOrRefuse(field, in);
      }
    }
    return new LimitAnswer(
        head.stamp(), JsonReader.required("nodes", nodes), JsonReader.required("shares", shares));
  }

  private static LimitAnswer.Share share(JsonReader in) throws IOException {
    String secret = null;
    Integer connections = null;
    List<Integer> addresses = null;
    Long rate = null;
    for (String field = in.begin(); field != null; field = in.next()) {
      switch (field) {
        case "secret" -> secret = in.name();
        case "connections" -> connections = in.integer();
        case "addresses" -> addresses = tokens(in.text());
        case "rate" -> rate = in.number();
        default -> throw JsonReader.unknown();
      }
    }
    return new LimitAnswer.Share(
        JsonReader.required("secret", secret), connections, addresses, rate);
  }
}
