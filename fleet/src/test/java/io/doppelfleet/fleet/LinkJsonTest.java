package io.doppelfleet.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the ends of a link tell each other, in the form that later versions must read. */
class LinkJsonTest {
  @Test
  void theFormIsKept() {
    List<LinkMessage> messages =
        List.of(
            new LinkMessage.Join(Octets.of(new byte[16]), octet(1)),
            new LinkMessage.Joined("paris", "node-3", octet(1), octet(2), octet(3)),
            new LinkMessage.Hello("ab".repeat(16), 1),
            new LinkMessage.Hello("ab".repeat(16), 2),
            new LinkMessage.Welcome(7, 1),
            new LinkMessage.Welcome(7, 2),
            new LinkMessage.Refusal(LinkMessage.Refusal.Kind.REMOVED, "it was removed"),
            new LinkMessage.Renewal(),
            new LinkMessage.Renewed(octet(4)),
            new LinkMessage.Drain(300),
            new LinkMessage.Beat());
    List<String> texts = new ArrayList<>();
    for (LinkMessage message : messages) {
      byte[] text = LinkJson.write(message);
      assertThat(LinkJson.read(text)).isEqualTo(message);
      texts.add(new String(text, UTF_8).replace('"', '\''));
    }
    assertThat(texts)
        .containsExactly(
            "{'format':1,'message':'join','secret':'" + "00".repeat(16) + "','key':'01'}",
            "{'format':1,'message':'joined','name':'paris','sender':'node-3',"
                + "'certificate':'01','authority':'02','states':'03'}",
            "{'format':1,'message':'hello','instance':'" + "ab".repeat(16) + "'}",
            "{'format':1,'message':'hello','instance':'" + "ab".repeat(16) + "','version':2}",
            "{'format':1,'message':'welcome','epoch':7}",
            "{'format':1,'message':'welcome','epoch':7,'version':2}",
            "{'format':1,'message':'refusal','kind':'removed','why':'it was removed'}",
            "{'format':1,'message':'renewal'}",
            "{'format':1,'message':'renewed','certificate':'04'}",
            "{'format':1,'message':'drain','seconds':300}",
            "{'format':1,'message':'beat'}");
  }

  private static Octets octet(int value) {
    return Octets.of(new byte[] {(byte) value});
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'format':2}|format is 2, of a newer version: this one reads 1",
        "{'format':1,'message':'word'}|message is \"word\", which no link has",
        "{'format':1,'message':'beat','x':'1'}|x is no field of this format",
        "{'format':1,'message':'hello'}|instance is missing",
        "{'format':1,'message':'hello','instance':'0'}|instance is no 32 hex digits, which would be right",
        "{'format':1,'message':'welcome','epoch':0}|epoch is 0: 1 to 9223372036854775807 would be right",
        "{'format':1,'message':'welcome','epoch':1,'version':0}|version is 0: 1 to 2147483647 would be right",
        "{'format':1,'message':'welcome','epoch':1,'version':2147483648}|version is 2147483648: 1 to 2147483647 would be right",
        "{'format':1,'message':'beat','version':2}|version is no field of this format",
        "{'format':1,'message':'welcome','epoch':'1'}|epoch is not a whole number",
        "{'format':1,'message':'drain','seconds':3601}|seconds is 3601: 0 to 3600 would be right",
        "{'format':1,'message':'renewed','certificate':'0g'}|certificate is no hex",
        "{'format':1,'message':'renewed','certificate':''}|certificate's length is 0: 1 to 2000 would be right",
        "{'format':1,'message':'join','secret':'00','key':'01'}|secret's length is 1: 16 to 16 would be right",
        "{'format':1,'message':'refusal','kind':'x','why':'y'}|kind is \"x\": later, wrong or removed would be right",
        "{'format':1|it is no JSON, or cut, or has a field twice: see byte 11",
      })
  void whatIsNoMessageIsSaid(String text, String error) {
    assertThatExceptionOfType(InvalidValueException.class)
        .isThrownBy(() -> LinkJson.read(text.replace('\'', '"').getBytes(UTF_8)))
        .withMessage(error);
  }
}
