package io.doppelfleet.proxy.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.dns.DefaultDnsQuery;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryEncoder;
import io.netty.handler.codec.dns.TcpDnsResponseDecoder;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Questions and answers as bytes, RFC 1035; without the length that TCP has before them. */
final class DnsMessage {
  /** Of an answer that are taken: more are of no use to who dials. */
  static final int MOST_ADDRESSES = 16;

  private static final int LENGTH_BYTES = 2;
  private static final int HEADER = 12;
  private static final int FLAGS_AT = 2;
  private static final int RESPONSE = 0x80;
  private static final int TRUNCATED = 0x02;

  /** Where a server doesn't say for how long it holds that there are no addresses. */
  private static final long NONE_SECONDS = 30;

  private DnsMessage() {}

  /** Asks for a name's addresses of one kind. */
  static byte[] question(int id, String host, DnsRecordType type) {
    EmbeddedChannel codec = new EmbeddedChannel(new TcpDnsQueryEncoder());
    try {
      codec.writeOutbound(
          new DefaultDnsQuery(id)
              .setRecursionDesired(true)
              .addRecord(DnsSection.QUESTION, new DefaultDnsQuestion(host, type)));
      ByteBuf framed = codec.readOutbound();
      byte[] question = new byte[framed.readableBytes() - LENGTH_BYTES];
      framed.skipBytes(LENGTH_BYTES).readBytes(question).release();
      return question;
    } finally {
      codec.finishAndReleaseAll();
    }
  }

  /** Whether these bytes answer that question: it stands in them as it was asked. */
  static boolean isAnswer(byte[] question, byte[] bytes) {
    return bytes.length >= question.length
        && bytes[0] == question[0]
        && bytes[1] == question[1]
        && (bytes[FLAGS_AT] & RESPONSE) != 0
        && Arrays.equals(
            bytes, HEADER, question.length, question, HEADER, question.length); // name, type, class
  }

  /** Whether an answer is not whole, for a datagram has no room for it. */
  static boolean isCut(byte[] answer) {
    return (answer[FLAGS_AT] & TRUNCATED) != 0;
  }

  /**
   * Reads an answer.
   *
   * @throws IOException where it is none, or says why there is none
   */
  static Answer read(byte[] bytes) throws IOException {
    EmbeddedChannel codec = new EmbeddedChannel(new TcpDnsResponseDecoder());
    try {
      codec.writeInbound(
          Unpooled.buffer(LENGTH_BYTES + bytes.length).writeShort(bytes.length).writeBytes(bytes));
      DnsResponse response = codec.readInbound();
      if (response == null) {
        throw new IOException("it answers what can't be read");
      }
      try {
        return of(response);
      } finally {
        ReferenceCountUtil.release(response);
      }
    } catch (RuntimeException e) { // of the decoder, which has many
      throw new IOException("it answers what can't be read", e);
    } finally {
      codec.finishAndReleaseAll();
    }
  }

  private static Answer of(DnsResponse response) throws IOException {
    DnsResponseCode code = response.code();
    if (!code.equals(DnsResponseCode.NOERROR) && !code.equals(DnsResponseCode.NXDOMAIN)) {
      throw new NoAnswerException("it answers " + code);
    }
    List<InetAddress> addresses = new ArrayList<>();
    long seconds = Long.MAX_VALUE;
    for (int i = 0; i < response.count(DnsSection.ANSWER); i++) {
      DnsRecord record = response.recordAt(DnsSection.ANSWER, i);
      seconds = Math.min(seconds, record.timeToLive()); // of the names between, too
      InetAddress address = address(record);
      if (address != null && addresses.size() < MOST_ADDRESSES) {
        addresses.add(address);
      }
    }
    return addresses.isEmpty()
        ? new Answer(List.of(), none(response), true)
        : new Answer(addresses, seconds, true);
  }

  /**
   * RFC 2308: the servers count the time of what isn't there in the record of who would have it.
   */
  private static long none(DnsResponse response) {
    for (int i = 0; i < response.count(DnsSection.AUTHORITY); i++) {
      DnsRecord record = response.recordAt(DnsSection.AUTHORITY, i);
      if (record.type().equals(DnsRecordType.SOA)) {
        return record.timeToLive();
      }
    }
    return NONE_SECONDS;
  }

  private static @Nullable InetAddress address(DnsRecord record) throws IOException {
    boolean ofAddress =
        record.type().equals(DnsRecordType.A) || record.type().equals(DnsRecordType.AAAA);
    if (!ofAddress || !(record instanceof DnsRawRecord raw)) {
      return null;
    }
    if (raw.content().readableBytes() != (record.type().equals(DnsRecordType.A) ? 4 : 16)) {
      throw new IOException("it answers with an address that is none");
    }
    byte[] bytes = new byte[raw.content().readableBytes()];
    raw.content().getBytes(raw.content().readerIndex(), bytes);
    return InetAddress.getByAddress(bytes);
  }
}
