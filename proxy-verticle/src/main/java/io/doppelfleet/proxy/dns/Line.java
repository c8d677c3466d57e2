package io.doppelfleet.proxy.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The way to a server. For virtual threads: who waits no longer interrupts, and that ends it. */
interface Line {
  /** For all of it: a little less than who asks waits, who so has what came until then. */
  long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(3_600);

  /**
   * Asks, and waits for all answers, which come in the questions' order. Where one is missing in
   * the end, for some servers and some boxes before them drop questions for IPv6, the others are
   * taken. An answer fits its question, and that is all that is known of it.
   *
   * @throws IOException where none has come
   */
  List<byte[]> ask(List<byte[]> questions) throws IOException, InterruptedException;

  /**
   * The same over a connection, by TCP or TLS: RFC 7766.
   *
   * @param end of the waiting, of {@link System#nanoTime}
   */
  static List<byte[]> ask(Socket connected, List<byte[]> questions, long end) throws IOException {
    int length = questions.stream().mapToInt(each -> Short.BYTES + each.length).sum();
    ByteBuffer all = ByteBuffer.allocate(length);
    questions.forEach(each -> all.putShort((short) each.length).put(each));
    OutputStream out = connected.getOutputStream();
    out.write(all.array());
    out.flush();
    Answers answers = new Answers(questions);
    DataInputStream in = new DataInputStream(connected.getInputStream());
    while (answers.isMissing()) {
      byte[] bytes;
      try {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        connected.setSoTimeout((int) Math.max(left, 1));
        bytes = new byte[in.readUnsignedShort()];
        in.readFully(bytes);
      } catch (IOException e) { // it says no more
        return answers.orElseThrow(e);
      }
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

    /** Takes out those that are cut, which are missing then; their questions. */
    List<byte[]> cut() {
      List<byte[]> cut = new ArrayList<>();
      for (int i = 0; i < answers.length; i++) {
        byte[] answer = answers[i];
        if (answer != null && DnsMessage.isCut(answer)) {
          cut.add(questions.get(i));
          answers[i] = null;
        }
      }
      return cut;
    }

    /** All that came. */
    List<byte[]> all() {
      return Arrays.stream(answers).filter(Objects::nonNull).map(Objects::requireNonNull).toList();
    }

    /** The same, where that is any. */
    List<byte[]> orElseThrow(IOException why) throws IOException {
      List<byte[]> all = all();
      if (all.isEmpty()) {
        throw why;
      }
      return all;
    }
  }
}
