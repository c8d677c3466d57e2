package io.doppelfleet.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What controls and nodes tell each other, in the form that later versions must read. */
class MessageJsonTest {
  private static final Stamp STAMP = new Stamp("control", 1795866000000L, 4);
  private static final StateSignature SIGNATURE = new StateSignature(new byte[64]);
  private static final String HEAD =
      "\"sender\":\"control\",\"epoch\":1795866000000,\"sequence\":4,";

  private static final NodeHealth HEALTH =
      new NodeHealth(
          STAMP,
          "1.0",
          3,
          true,
          List.of(2, 4),
          List.of(203),
          List.of(new NodeHealth.OldKeys("alice", 2)),
          List.of(
              new NodeHealth.Probe(2, 0, null, 80),
              new NodeHealth.Probe(4, 3, NodeHealth.Failure.LATE, null)));

  @Provide
  Arbitrary<FleetState> states() {
    return States.any();
  }

  @Property(tries = 100)
  void aDeltaMakesTheOneStateOfTheOtherAfterItsWayAsText(
      @ForAll("states") FleetState one, @ForAll("states") FleetState other) {
    KnownState from = KnownState.of(one.at(7));
    KnownState to = KnownState.of(other.at(8));
    StateDelta sent = StateDelta.between(STAMP, from, to, SIGNATURE);
    StateDelta read = (StateDelta) MessageJson.read(MessageJson.write(sent));
    assertThat(read).isEqualTo(sent);
    assertThat(read.on(from).orElseThrow().checksum()).isEqualTo(to.checksum());
    assertThat(read.on(KnownState.of(one.at(6)))).isEmpty();
  }

  @Property(tries = 50)
  void aSnapshotIsTheStateItself(@ForAll("states") FleetState state) {
    StateSnapshot sent = new StateSnapshot(STAMP, state, SIGNATURE);
    assertThat(MessageJson.read(MessageJson.write(sent))).isEqualTo(sent);
  }

  @Test
  void aDeltaOfOtherContentThanItSaysMakesNothing() {
    KnownState from = KnownState.of(FleetState.of(7, List.of()));
    KnownState to = KnownState.of(FleetState.of(8, List.of()));
    StateDelta delta = StateDelta.between(STAMP, from, to, SIGNATURE);
    StateDelta spoilt =
        new StateDelta(STAMP, 7, 8, from.checksum(), SIGNATURE, delta.entities(), delta.gone());
    assertThat(delta.on(from)).contains(to);
    assertThat(spoilt.on(from)).isEmpty();
  }

  @Test
  void theFormIsKept() {
    Ban ban = new Ban(Prefix.parse("192.0.2.0/24"), "probes", "carol", null);
    List<FleetMessage> messages =
        List.of(
            new StateDelta(
                STAMP,
                6,
                7,
                "ab".repeat(32),
                SIGNATURE,
                List.of(ban),
                List.of(new EntityId(Entity.Kind.SECRET, "alice"))),
            new StateSnapshot(STAMP, FleetState.of(7, List.of()), SIGNATURE),
            new StateRequest(STAMP, 6),
            new NodeReport(STAMP, 7, new HostPort("proxy.example.org", 443), "www.example.org", 12),
            new NodeReport(STAMP, 7, new HostPort("192.0.2.1", 443), "www.example.org", 0, true),
            HEALTH,
            HEALTH.withoutProbes(),
            new EpochRequest(STAMP),
            new EpochGrant(STAMP, 3),
            new TrafficReport(
                STAMP,
                List.of(new TrafficReport.Count("alice", 1, 5, 1L << 60, 2, 1)),
                List.of(new TrafficReport.Budget("alice", 9, true))),
            new TrafficReceipt(STAMP, 17, true, List.of(new TrafficReceipt.Grant("alice", 1024))),
            new SeenHellos(STAMP, HelloTokens.of(0x000102030405L, 0xfbffffffffffL)),
            new SeenHellos(STAMP, HelloTokens.NONE),
            new KnownHellos(STAMP, 7, HelloTokens.of(0x000102030405L)),
            new HelloQuestion(STAMP, 0, HelloTokens.of(0x000102030405L)),
            new HelloAnswer(STAMP, new HelloPart(HelloTokens.NONE, HelloPart.END)),
            new BanQuestion(STAMP, Prefix.parse("2001:db8::/32")),
            new BanAnswer(STAMP, 3, List.of(new BanAnswer.Reached("alice", 2))),
            new NodeLeases(STAMP, List.of(new Lease(Prefix.parse("192.0.2.7"), 3600))),
            new FleetLeases(
                STAMP,
                List.of(new Lease(Prefix.parse("2001:db8::/64"), 1)),
                List.of(new Lease(Prefix.parse("192.0.2.7"), 86_400))),
            new LimitQuestion(
                STAMP,
                List.of(
                    new LimitQuestion.Use(
                        "alice",
                        new LimitQuestion.Connections(3, 1, 4),
                        new LimitQuestion.Addresses(1, List.of(0x000102, 0xfffbff), List.of()),
                        new LimitQuestion.Rate(4096, 2048)),
                    new LimitQuestion.Use("bob", null, null, null))),
            new LimitAnswer(
                STAMP,
                2,
                List.of(
                    new LimitAnswer.Share("alice", 5, List.of(0xfffbff), 3072L),
                    new LimitAnswer.Share("bob", null, null, null))));
    List<String> texts = new ArrayList<>();
    for (FleetMessage message : messages) {
      byte[] text = MessageJson.write(message);
      assertThat(MessageJson.read(text)).isEqualTo(message);
      texts.add(new String(text, UTF_8));
    }
    assertThat(texts)
        .containsExactly(
            "{\"format\":1,\"message\":\"delta\","
                + HEAD
                + "\"from\":6,\"revision\":7,\"checksum\":\""
                + "ab".repeat(32)
                + "\",\"signature\":\""
                + "00".repeat(64)
                + "\",\"secrets\":[],\"bans\":[{\"prefix\":\"192.0.2.0/24\",\"reason\":\"probes\","
                + "\"author\":\"carol\"}],\"lists\":[],"
                + "\"gone\":[{\"kind\":\"secret\",\"id\":\"alice\"}]}",
            "{\"format\":1,\"message\":\"snapshot\","
                + HEAD
                + "\"signature\":\""
                + "00".repeat(64)
                + "\",\"state\":{\"format\":1,\"revision\":7,\"secrets\":[],\"bans\":[],\"lists\":[],"
                + "\"settings\":{\"limits\":{},\"overlap\":86400}}}",
            "{\"format\":1,\"message\":\"request\"," + HEAD + "\"revision\":6}",
            "{\"format\":1,\"message\":\"report\","
                + HEAD
                + "\"revision\":7,\"server\":\"proxy.example.org:443\","
                + "\"cover\":\"www.example.org\",\"clients\":12}",
            "{\"format\":1,\"message\":\"report\","
                + HEAD
                + "\"revision\":7,\"server\":\"192.0.2.1:443\","
                + "\"cover\":\"www.example.org\",\"clients\":0,\"draining\":true}",
            "{\"format\":1,\"message\":\"health\","
                + HEAD
                + "\"version\":\"1.0\",\"lag\":3,\"coverDown\":true,\"reached\":[2,4],"
                + "\"unreached\":[203],\"oldKeys\":[{\"secret\":\"alice\",\"connections\":2}],"
                + "\"probes\":[{\"datacenter\":2,\"failures\":0,\"millis\":80},"
                + "{\"datacenter\":4,\"failures\":3,\"failure\":\"late\"}]}",
            "{\"format\":1,\"message\":\"health\","
                + HEAD
                + "\"version\":\"1.0\",\"lag\":3,\"coverDown\":true,\"reached\":[2,4],"
                + "\"unreached\":[203],\"oldKeys\":[{\"secret\":\"alice\",\"connections\":2}]}",
            "{\"format\":1,\"message\":\"epoch-request\"," + HEAD.replaceFirst(",$", "}"),
            "{\"format\":1,\"message\":\"epoch-grant\"," + HEAD + "\"granted\":3}",
            "{\"format\":1,\"message\":\"traffic\","
                + HEAD
                + "\"counts\":[{\"secret\":\"alice\",\"counter\":1,\"up\":5,"
                + "\"down\":1152921504606846976,\"opened\":2,\"open\":1}],"
                + "\"budgets\":[{\"secret\":\"alice\",\"held\":9,\"asks\":true}]}",
            "{\"format\":1,\"message\":\"receipt\","
                + HEAD
                + "\"of\":17,\"taken\":true,"
                + "\"grants\":[{\"secret\":\"alice\",\"bytes\":1024}]}",
            "{\"format\":1,\"message\":\"seen-hellos\","
                + HEAD
                + "\"tokens\":[\"AAECAwQF-_______\"]}",
            "{\"format\":1,\"message\":\"seen-hellos\"," + HEAD + "\"tokens\":[]}",
            "{\"format\":1,\"message\":\"known-hellos\","
                + HEAD
                + "\"total\":7,\"tokens\":[\"AAECAwQF\"]}",
            "{\"format\":1,\"message\":\"hello-question\","
                + HEAD
                + "\"from\":0,\"tokens\":[\"AAECAwQF\"]}",
            "{\"format\":1,\"message\":\"hello-answer\"," + HEAD + "\"next\":65536,\"tokens\":[]}",
            "{\"format\":1,\"message\":\"ban-question\"," + HEAD + "\"prefix\":\"2001:db8::/32\"}",
            "{\"format\":1,\"message\":\"ban-answer\","
                + HEAD
                + "\"connections\":3,\"secrets\":[{\"secret\":\"alice\",\"connections\":2}]}",
            "{\"format\":1,\"message\":\"node-leases\","
                + HEAD
                + "\"leases\":[{\"prefix\":\"192.0.2.7/32\",\"seconds\":3600}]}",
            "{\"format\":1,\"message\":\"fleet-leases\","
                + HEAD
                + "\"leases\":[{\"prefix\":\"2001:db8::/64\",\"seconds\":1}],"
                + "\"lifted\":[{\"prefix\":\"192.0.2.7/32\",\"seconds\":86400}]}",
            "{\"format\":1,\"message\":\"limit-question\","
                + HEAD
                + "\"uses\":[{\"secret\":\"alice\","
                + "\"connections\":{\"taken\":3,\"waiting\":1,\"held\":4},"
                + "\"addresses\":{\"generation\":1,\"wanted\":\"AAEC__v_\",\"seen\":\"\"},"
                + "\"rate\":{\"wanted\":4096,\"held\":2048}},"
                + "{\"secret\":\"bob\"}]}",
            "{\"format\":1,\"message\":\"limit-answer\","
                + HEAD
                + "\"nodes\":2,\"shares\":[{\"secret\":\"alice\",\"connections\":5,"
                + "\"addresses\":\"__v_\",\"rate\":3072},"
                + "{\"secret\":\"bob\"}]}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|format is missing: a message begins with it",
        "{'format':2}|format is 2, of a newer version: this one reads 1",
        "{'format':0}|format is 0: 1 to 1 would be right",
        "{'format':1}|message is missing: it comes second",
        "{'format':1,'message':'word'}|message is \"word\": delta, snapshot, request, report, health, epoch-request, epoch-grant, traffic, receipt, seen-hellos, known-hellos, hello-question, hello-answer, ban-question, ban-answer, node-leases, fleet-leases, limit-question or limit-answer is right",
        "{'format':1,'message':'request','x':1}|x is no field of this format",
        "{'format':1,'message':'request','revision':1}|sender is missing",
        "{'format':1,'message':'request','sender':'a','epoch':1,'sequence':0,'revision':1}|sequence is 0: 1 to 9223372036854775807 would be right",
        "{'format':1,'message':'request','sender':'a','epoch':1,'sequence':1,'revision':-1}|revision is -1: 0 to 9223372036854775807 would be right",
        "{'format':1,'message':'report','server':'here'}|server is no HOST:PORT",
        "{'format':1,'message':'health','sender':'a','epoch':1,'sequence':1,'version':'1','lag':-1,'coverDown':false,'reached':[],'unreached':[],'oldKeys':[]}|lag is -1: 0 to 2147483647 would be right",
        "{'format':1,'message':'health','sender':'a','epoch':1,'sequence':1,'version':'1','lag':0,'coverDown':false,'reached':[0],'unreached':[],'oldKeys':[]}|reached is 0: 1 to 32767 would be right",
        "{'format':1,'message':'health','sender':'a','epoch':1,'sequence':1,'version':'1','lag':0,'coverDown':false,'reached':[],'unreached':[],'oldKeys':[{'secret':'alice','connections':1},{'secret':'alice','connections':1}]}|oldKeys.alice is there twice: once would be right",
        "{'format':1,'message':'health','sender':'a','epoch':1,'sequence':1,'lag':0}|version is missing",
        "{'format':1,'message':'health','probes':[{'datacenter':2,'failures':1,'failure':'x'}]}|probes.0.failure is \"x\": listener, silent, stranger, unreached, late or garbage is right",
        "{'format':1,'message':'health','probes':[{'datacenter':2,'failures':1}]}|probes.0.failure is right where there are failures, and nowhere else",
        "{'format':1,'message':'health','probes':[{'datacenter':2,'failures':0}]}|probes.0.millis is missing: the last attempt took some",
        "{'format':1,'message':'delta','gone':[{'kind':'user'}]}|gone.0.kind is \"user\": secret, ban, list or settings is right",
        "{'format':1,'message':'epoch-grant','sender':'a','epoch':1,'sequence':1,'granted':0}|granted is 0: 1 to 9223372036854775807 would be right",
        "{'format':1,'message':'receipt','taken':1}|taken is not true or false",
        "{'format':1,'message':'traffic','counts':[{'secret':'alice','counter':1,'up':-1,'down':0,'opened':0,'open':0}]}|counts.alice.up is -1: 0 to 1152921504606846976 would be right",
        "{'format':1,'message':'traffic','sender':'a','epoch':1,'sequence':1,'counts':[{'secret':'alice','counter':1,'up':0,'down':0,'opened':0,'open':0},{'secret':'alice','counter':1,'up':0,'down':0,'opened':0,'open':0}],'budgets':[]}|counts.alice is there twice: once would be right",
        "{'format':1,'message':'traffic','sender':'a','epoch':1,'sequence':1,'counts':[],'budgets':[{'secret':'bob','held':1,'asks':true}]}|budgets.bob is of no secret that is counted here: one of them is right",
        "{'format':1,'message':'receipt','grants':[{'secret':'bob','bytes':-1}]}|grants.bob.bytes is -1: 0 to 9223372036854775807 would be right",
        "{'format':1,'message':'seen-hellos','tokens':['AAECAwQ']}|tokens.0 is no tokens: eight characters of base64url are one",
        "{'format':1,'message':'seen-hellos','tokens':['A/ECAwQF']}|tokens.0 is no tokens: eight characters of base64url are one",
        "{'format':1,'message':'seen-hellos','sender':'a','epoch':1,'sequence':1}|tokens is missing",
        "{'format':1,'message':'known-hellos','sender':'a','epoch':1,'sequence':1,'tokens':[]}|total is missing",
        "{'format':1,'message':'known-hellos','sender':'a','epoch':1,'sequence':1,'total':-1,'tokens':[]}|total is -1: 0 to 9223372036854775807 would be right",
        "{'format':1,'message':'hello-question','sender':'a','epoch':1,'sequence':1,'tokens':[]}|from is missing",
        "{'format':1,'message':'hello-question','sender':'a','epoch':1,'sequence':1,'from':65537,'tokens':[]}|from is 65537: 0 to 65536 would be right",
        "{'format':1,'message':'hello-answer','sender':'a','epoch':1,'sequence':1,'next':0,'tokens':[]}|next is 0: 1 to 65536 would be right",
        "{'format':1,'message':'ban-question','sender':'a','epoch':1,'sequence':1,'prefix':'192.0.2.1/24'}|prefix is \"192.0.2.1/24\": its address is 192.0.2.1, which has bits beyond /24: 192.0.2.0 would be right",
        "{'format':1,'message':'ban-answer','secrets':[{'secret':'alice','connections':0}]}|secrets.alice.connections is 0: 1 to 2147483647 would be right",
        "{'format':1,'message':'ban-answer','sender':'a','epoch':1,'sequence':1,'connections':2,'secrets':[{'secret':'alice','connections':1},{'secret':'alice','connections':1}]}|secrets.alice is there twice: once would be right",
        "{'format':1,'message':'node-leases','leases':[{'prefix':'192.0.2.0/24','seconds':1}]}|leases.0.prefix is 192.0.2.0/24: a rule bans a /32 and nothing else",
        "{'format':1,'message':'node-leases','sender':'a','epoch':1,'sequence':1,'leases':[{'prefix':'192.0.2.1','seconds':1},{'prefix':'192.0.2.1','seconds':2}]}|leases.192.0.2.1/32 is there twice: once would be right",
        "{'format':1,'message':'fleet-leases','sender':'a','epoch':1,'sequence':1,'leases':[]}|lifted is missing",
        "{'format':1,'message':'delta','signature':'00'}|signature has 1 bytes: 64 would be right",
        "{'format':1,'message':'delta','signature':'x'}|signature is no hex: 128 digits would be right",
        "{'format':1,'message':'request','signature':'00'}|signature is no field of this format",
        "{'format':1,'message':'delta'|it is no JSON, or cut, or has a field twice: see byte 29",
      })
  void whatIsNoMessageIsSaidWithItsPlace(String text, String error) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> MessageJson.read(text.replace('\'', '"').getBytes(UTF_8)))
        .withMessage(error);
  }
}
