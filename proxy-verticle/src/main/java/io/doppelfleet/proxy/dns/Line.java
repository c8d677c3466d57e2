package io.doppelfleet.proxy.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The way to a server. For virtual threads: who waits no longer interrupts, and that ends it. */
interface Line {
  /**
   * Asks, and waits for all answers, which come in the questions' order. An answer fits its
   * question, and that is all that is known of it.
   */
  List<byte[]> ask(List<byte[]> questions) throws IOException, InterruptedException;

  /** The same over a connection, by TCP or TLS: RFC 7766. */
  static List<byte[]> ask(Socket connected, List<byte[]> questions) throws IOException {
    int length = questions.stream().mapToInt(each -> Short.BYTES + each.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    questions.forEach(each -> all.putShort((short) each.length).put(each));
    OutputStream out = connected.getOutputStream();
    out.write(all.array());
    out.flush();
    Answers answers = new Answers(questions);
    InputStream raw = connected.getInputStream();
    DataInputStream in = new DataInputStream(raw);
    while (answers.isMissing()) {
      byte[] bytes = new byte[in.readUnsignedShort()];
      in.readFully(bytes);
      if (!answers.take(bytes)) {
        throw new IOException("it answers what it wasn't asked");
      }
    }
    return answers.all();
  }

  /** What has come so far. */
  final class Answers {
    private final List<byte[]> questions;
    private final byte[] @Nullable [] answers;

    Answers(List<byte[]> questions) {
      this.questions = questions;
      this.answers = new byte[questions.size()][];
    }

    /** Whether it is an answer that was missing. */
    boolean take(byte[] bytes) {
      for (int i = 0; i < answers.length; i++) {
        if (answers[i] == null && DnsMessage.isAnswer(questions.get(i), bytes)) {
          answers[i] = bytes;
          return true;
        }
      }
      return false;
    }

    /** The questions without one. */
    List<byte[]> missing() {
      List<byte[]> missing = new ArrayList<>();
      for (int i = 0; i < answers.length; i++) {
        if (answers[i] == null) {
          missing.add(questions.get(i));
        }
      }
      return missing;
    }

    boolean isMissing() {
      return !missing().isEmpty();
    }

    /** All of them, once none is missing. */
    List<byte[]> all() {
      return Arrays.stream(answers).map(Objects::requireNonNull).toList();
    }
  }
}
