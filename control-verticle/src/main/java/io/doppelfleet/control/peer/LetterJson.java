package io.doppelfleet.control.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doppelfleet.fleet.FleetMessage;
import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.InvalidValueException;
import io.doppelfleet.fleet.MessageJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A letter as JSON, format 1, deflated, and filled up with zeroes: who watches the way to the store
 * sees how long letters are, so their lengths have steps. What isn't below, and a message that
 * can't be read, is passed over: a control of a later version may say more.
 *
 * <pre>{@code
 * {"format": 1, "number": 2, "address": "control.example.org:8443",   // missing: none
 *  "divides": 3,                                                      // missing: 0
 *  "challenge": "c29tZSByYW5kb20gb25lcw==", "echoes": {"1.1795866000000": "b3RoZXJzIG9mIGFub3RoZXI="},
 *  "missed": false,
 *  "messages": ["{...}"], "late": ["{...}"],                          // as MessageJson has them
 *  "removed": ["node-3"],
 *  "questions": [{"to": "1.1795866000000", "id": 7, "node": "node-3", "text": "{...}"}],
 *  "answers": [{"to": "1.1795866000000", "id": 7, "text": "{...}"}],  // text missing: none came
 *  "drains": [{"to": "1.1795866000000", "id": 8, "node": "node-3", "seconds": 300}]}
 * }</pre>
 */
public final class LetterJson {
  private static final int FORMAT = 1;
  private static final int LONGEST = 8 << 20;

  /** Dozens of hellos have room in the first. */
  private static final int STEP = 1_024;

  private static final Logger LOG = LoggerFactory.getLogger(LetterJson.class);

  private LetterJson() {}

  /** It, in bytes whose number has steps. */
  public static byte[] write(Letter letter) {
    Letter.Speaker speaker = letter.speaker();
    JsonObject json =
        new JsonObject()
            .put("format", FORMAT)
            .put("number", speaker.number())
            .put("challenge", speaker.challenge())
            .put("echoes", new JsonObject(Map.copyOf(speaker.echoes())))
            .put("missed", letter.missed())
            .put("messages", array(letter.messages(), LetterJson::text))
            .put("late", array(letter.late(), LetterJson::text))
            .put("removed", new JsonArray(letter.removed()))
            .put("questions", array(letter.questions(), LetterJson::json))
            .put("answers", array(letter.answers(), LetterJson::json))
            .put("drains", array(letter.drains(), LetterJson::json));
    HostPort address = speaker.address();
    if (address != null) {
      json.put("address", address.toString());
    }
    if (speaker.divides() > 0) {
      json.put("divides", speaker.divides());
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflated = new DeflaterOutputStream(bytes)) {
      deflated.write(json.toBuffer().getBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory takes all
    }
    return Arrays.copyOf(bytes.toByteArray(), Math.ceilDiv(bytes.size(), STEP) * STEP);
  }

  private static String text(FleetMessage message) {
    return new String(MessageJson.write(message), UTF_8);
  }

  private static JsonObject json(Letter.Question each) {
    return new JsonObject()
        .put("to", each.to())
        .put("id", each.id())
        .put("node", each.node())
        .put("text", each.text());
  }

  private static JsonObject json(Letter.Answer each) {
    JsonObject json = new JsonObject().put("to", each.to()).put("id", each.id());
    return each.text() == null ? json : json.put("text", each.text());
  }

  private static JsonObject json(Letter.Drain each) {
    return new JsonObject()
        .put("to", each.to())
        .put("id", each.id())
        .put("node", each.node())
        .put("seconds", each.seconds());
  }

  private static <T> JsonArray array(List<T> all, Function<T, ?> json) {
    return new JsonArray(all.stream().map(json).toList());
  }

  /**
   * What {@link #write} wrote.
   *
   * @return null: it is of a later format
   * @throws InvalidValueException where it is none
   */
  public static @Nullable Letter read(byte[] deflated) {
    try {
      JsonObject json = new JsonObject(Buffer.buffer(inflated(deflated)));
      if (json.getInteger("format") != FORMAT) {
        return null;
      }
      return new Letter(
          speaker(json),
          messages(json.getJsonArray("messages")),
          messages(json.getJsonArray("late")),
          list(json, "removed", String.class::cast),
          list(json, "questions", LetterJson::question),
          list(json, "answers", LetterJson::answer),
          list(json, "drains", LetterJson::drain),
          json.getBoolean("missed"));
    } catch (IOException | RuntimeException e) { // whatever is wrong with it
      throw new InvalidValueException("letter", "can't be read: " + e.getMessage());
    }
  }

  private static Letter.Speaker speaker(JsonObject json) {
    String address = json.getString("address");
    JsonObject answers = json.getJsonObject("echoes");
    Map<String, String> echoes = new HashMap<>();
    answers.fieldNames().forEach(id -> echoes.put(id, answers.getString(id)));
    return new Letter.Speaker(
        json.getInteger("number"),
        address == null ? null : HostPort.parse(address),
        term(json.getLong("divides", 0L)),
        json.getString("challenge"),
        echoes);
  }

  private static long term(long divides) {
    if (divides < 0 || divides > Letter.Speaker.LAST_TERM) {
      throw new InvalidValueException(
          "divides", "is " + divides + ": 0 to " + Letter.Speaker.LAST_TERM + " would be right");
    }
    return divides;
  }

  private static byte[] inflated(byte[] deflated) throws IOException {
    try (InputStream in = new InflaterInputStream(new ByteArrayInputStream(deflated))) {
      byte[] text = in.readNBytes(LONGEST + 1);
      if (text.length > LONGEST) {
        throw new IOException("it is longer than " + LONGEST + " bytes");
      }
      return text;
    }
  }

  private static List<FleetMessage> messages(JsonArray texts) {
    List<FleetMessage> messages = new ArrayList<>();
    for (Object each : texts) {
      try {
        messages.add(MessageJson.read(((String) each).getBytes(UTF_8)));
      } catch (InvalidValueException e) {
        LOG.debug("a message of another control was left: {}", e.getMessage());
      }
    }
    return messages;
  }

  private static <T> List<T> list(JsonObject json, String field, Function<Object, T> read) {
    return json.getJsonArray(field).stream().map(read).toList();
  }

  private static Letter.Question question(Object each) {
    JsonObject json = (JsonObject) each;
    return new Letter.Question(
        json.getString("to"), json.getLong("id"), json.getString("node"), json.getString("text"));
  }

  private static Letter.Answer answer(Object each) {
    JsonObject json = (JsonObject) each;
    return new Letter.Answer(json.getString("to"), json.getLong("id"), json.getString("text"));
  }

  private static Letter.Drain drain(Object each) {
    JsonObject json = (JsonObject) each;
    return new Letter.Drain(
        json.getString("to"), json.getLong("id"), json.getString("node"), json.getLong("seconds"));
  }
}
