package io.doppelfleet.proxy.doppel;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.hello.HelloKind;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A profile as JSON, format 3. All fields are there, and no others; numbers are whole. Format 2 had
 * no {@code host}: what it knows counts for the cover's own name.
 *
 * <pre>{@code
 * {
 *   "format": 3,
 *   "site": "www.example.org:443",        // HOST:PORT of the cover
 *   "learnt": "2026-11-25T07:25:18Z",     // ISO 8601
 *   "dialMicros": [412, 398],             // from SYN to SYN-ACK, µs, the newest last
 *   "flights": [{
 *     "host": "www.example.org",          // the name that the hellos ask for
 *     "kind": "0123456789abcdef",         // of the hellos, see HelloKind
 *     "hybrid": true,                     // whether they carry a share of X25519MLKEM768
 *     "suite": 4866,                      // 4865..4867, as the ServerHello has it
 *     "group": 4588,                      // NamedGroup of its key share
 *     "extensions": [43, 51],             // of the ServerHello, in their order
 *     "answers": [{
 *       "sealed": [36, 441, 96, 53],      // payload bytes of each encrypted record
 *       "delayMicros": 950                // from the hello's last byte to the answer's first, µs
 *     }]
 *   }],
 *   "traffic": {                          // null where no page was loaded yet
 *     "protocol": "h2",                   // or "http/1.1"
 *     "steady": 16401,                    // payload bytes of a record in the midst of a long response
 *     "opening": [255, 255],              // payload bytes of the records before the first response
 *     "firsts": [],                       // like responses: those that came first on a connection
 *     "responses": [{
 *       "sizes": [330, 16401],            // payload bytes of its first records
 *       "gapsMicros": [1200, 0],          // before each of them, µs
 *       "bytes": 16731                    // of all its records' payloads
 *     }]
 *   }
 * }
 * }</pre>
 */
public final class ProfileJson {
  /** The number of this form. */
  public static final int FORMAT = 3;

  private static final int OLDEST = 2;

  private static final Pattern KIND = Pattern.compile("[0-9a-f]{16}");

  /** No time that was measured is longer than a minute. */
  private static final int MOST_MICROS = 60_000_000;

  /** RFC 8446, 5.2: 2^14 + 256. */
  private static final int LONGEST_RECORD = 16_640;

  private static final int LONGEST_LIST = 1024;

  private ProfileJson() {}

  /** The text, with an end of line at its end. */
  public static String write(Profile profile) {
    return new JsonObject()
            .put("format", FORMAT)
            .put("site", profile.site().toString())
            .put("learnt", profile.learnt().toString())
            .put("dialMicros", new JsonArray(profile.dialMicros()))
            .put(
                "flights",
                new JsonArray(profile.flights().stream().map(ProfileJson::flight).toList()))
            .put("traffic", profile.traffic() == null ? null : traffic(profile.traffic()))
            .encodePrettily()
        + "\n";
  }

  private static JsonObject flight(FlightModel flight) {
    return new JsonObject()
        .put("host", flight.host())
        .put("kind", flight.kind().id())
        .put("hybrid", flight.hybrid())
        .put("suite", flight.suite())
        .put("group", flight.group())
        .put("extensions", new JsonArray(flight.extensions()))
        .put(
            "answers",
            new JsonArray(
                flight.answers().stream()
                    .map(
                        answer ->
                            new JsonObject()
                                .put("sealed", new JsonArray(answer.sealed()))
                                .put("delayMicros", answer.delayMicros()))
                    .toList()));
  }

  private static JsonObject traffic(Traffic traffic) {
    return new JsonObject()
        .put("protocol", traffic.protocol())
        .put("steady", traffic.steady())
        .put("opening", new JsonArray(traffic.opening()))
        .put("firsts", responses(traffic.firsts()))
        .put("responses", responses(traffic.responses()));
  }

  private static JsonArray responses(List<Traffic.Response> responses) {
    return new JsonArray(
        responses.stream()
            .map(
                response ->
                    new JsonObject()
                        .put("sizes", new JsonArray(response.sizes()))
                        .put("gapsMicros", new JsonArray(response.gapsMicros()))
                        .put("bytes", response.bytes()))
            .toList());
  }

  /**
   * The profile that {@link #write} wrote.
   *
   * @throws ProfileFormatException where it is cut, garbage, out of bounds or of another format
   */
  public static Profile read(String text) throws ProfileFormatException {
    Fields fields = new Fields(parsed(text), "");
    int format = fields.number("format", OLDEST, Integer.MAX_VALUE);
    if (format > FORMAT) {
      throw new ProfileFormatException(
          "format is " + format + ", this version reads " + FORMAT, true);
    }
    HostPort site = site(fields);
    Instant learnt = learnt(fields);
    List<Integer> dials = fields.numbers("dialMicros", 0, MOST_MICROS, LONGEST_LIST);
    List<FlightModel> flights = new ArrayList<>();
    for (Fields flight : fields.objects("flights", LONGEST_LIST)) {
      String host = format == OLDEST ? site.host() : flight.text("host");
      flights.add(flight(host, flight));
    }
    Fields traffic = fields.objectOrNull("traffic");
    Profile profile =
        new Profile(site, learnt, dials, flights, traffic == null ? null : traffic(traffic));
    fields.end();
    return profile;
  }

  private static JsonObject parsed(String text) throws ProfileFormatException {
    try {
      return new JsonObject(text);
    } catch (DecodeException | ClassCastException e) { // the parser's words would quote the text
      throw new ProfileFormatException("it is no JSON object, or was cut");
    }
  }

  private static HostPort site(Fields fields) throws ProfileFormatException {
    try {
      return HostPort.parse(fields.text("site"));
    } catch (IllegalArgumentException e) {
      throw fields.wrong("site", "HOST:PORT");
    }
  }

  private static Instant learnt(Fields fields) throws ProfileFormatException {
    try {
      return Instant.parse(fields.text("learnt"));
    } catch (DateTimeException e) {
      throw fields.wrong("learnt", "a time like 2026-11-25T07:25:18Z");
    }
  }

  private static FlightModel flight(String host, Fields fields) throws ProfileFormatException {
    String kind = fields.text("kind");
    if (!KIND.matcher(kind).matches()) {
      throw fields.wrong("kind", "16 hex digits");
    }
    List<FlightModel.Answer> answers = new ArrayList<>();
    for (Fields answer : fields.objects("answers", LONGEST_LIST)) {
      List<Integer> sealed = answer.numbers("sealed", 1, LONGEST_RECORD, LONGEST_LIST);
      if (sealed.isEmpty()) {
        throw answer.wrong("sealed", "one record at least");
      }
      answers.add(new FlightModel.Answer(sealed, answer.number("delayMicros", 0, MOST_MICROS)));
      answer.end();
    }
    if (answers.isEmpty()) {
      throw fields.wrong("answers", "one at least");
    }
    FlightModel flight =
        new FlightModel(
            host,
            new HelloKind(kind),
            fields.yes("hybrid"),
            fields.number("suite", 0x1301, 0x1303),
            fields.number("group", 1, 0xffff),
            fields.numbers("extensions", 0, 0xffff, LONGEST_LIST),
            answers);
    fields.end();
    return flight;
  }

  private static Traffic traffic(Fields fields) throws ProfileFormatException {
    String protocol = fields.text("protocol");
    if (!protocol.equals("h2") && !protocol.equals("http/1.1")) {
      throw fields.wrong("protocol", "h2 or http/1.1");
    }
    Traffic traffic =
        new Traffic(
            protocol,
            fields.number("steady", 1, Traffic.LONGEST_STEADY),
            fields.numbers("opening", 1, LONGEST_RECORD, LONGEST_LIST),
            responses(fields, "firsts"),
            responses(fields, "responses"));
    fields.end();
    return traffic;
  }

  private static List<Traffic.Response> responses(Fields fields, String name)
      throws ProfileFormatException {
    List<Traffic.Response> responses = new ArrayList<>();
    for (Fields response : fields.objects(name, LONGEST_LIST)) {
      List<Integer> sizes = response.numbers("sizes", 1, LONGEST_RECORD, LONGEST_LIST);
      List<Integer> gaps = response.numbers("gapsMicros", 0, MOST_MICROS, LONGEST_LIST);
      if (gaps.size() != sizes.size()) {
        throw response.wrong("gapsMicros", "as many as sizes, " + sizes.size() + ",");
      }
      responses.add(
          new Traffic.Response(sizes, gaps, response.number("bytes", 0L, Long.MAX_VALUE)));
      response.end();
    }
    return responses;
  }
}
