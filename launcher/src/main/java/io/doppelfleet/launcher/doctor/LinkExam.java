package io.doppelfleet.launcher.doctor;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.fleet.Link;
import io.doppelfleet.launcher.oddity.CoverProbe;
import io.doppelfleet.proxy.datacenter.PqQuestion;
import io.doppelfleet.standin.client.BrokenRuleException;
import io.doppelfleet.standin.client.ClientHello;
import io.doppelfleet.standin.client.FakeTlsClient;
import io.doppelfleet.standin.client.FlightReader;
import io.doppelfleet.standin.client.Hellos;
import io.doppelfleet.standin.wire.Obfuscated2;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Follows a link from outside as a client does, step by step, to a data centre and back. It knows
 * no more than a client: what is wrong on the node's side it tells by what comes back.
 */
public final class LinkExam {
  /** Where most accounts are first, and then the others. */
  private static final List<Integer> DATACENTERS = List.of(2, 1, 3, 4, 5);

  private static final Duration TOLERANCE = Duration.ofMinutes(2);
  private static final int READ_LENGTH = 64 * 1024;

  private final Link link;
  private final SecureRandom random = new SecureRandom();
  private final StringBuilder text = new StringBuilder();

  private LinkExam(Link link) {
    this.link = link;
  }

  /** Why a step can't be taken, and what to do. */
  private static final class Stuck extends Exception {
    private static final long serialVersionUID = 1;

    Stuck(String remark) {
      super(remark);
    }
  }

  /** What a data centre's question led to. */
  private record Outcome(int connectMillis, int helloMillis, int answerMillis) {}

  /** Takes all steps. Blocks for some minutes at the worst, for a second where all is well. */
  public static Doctor examine(Link link) {
    LinkExam exam = new LinkExam(link);
    exam.text.append("The link to ").append(link.server()).append(", which looks like ");
    exam.text.append(link.secret().host()).append("\n\n");
    List<String> remarks = new ArrayList<>();
    boolean works = false;
    try {
      InetAddress address = exam.address();
      Outcome first = exam.ask(address, DATACENTERS.getFirst());
      exam.row("connects", "in " + first.connectMillis + " ms");
      exam.row("handshake", "the node knows the secret, after " + first.helloMillis + " ms");
      exam.answered(DATACENTERS.getFirst(), first);
      works = true;
      for (int datacenter : DATACENTERS.subList(1, DATACENTERS.size())) {
        exam.answered(datacenter, exam.ask(address, datacenter));
      }
    } catch (Stuck e) {
      remarks.add(String.valueOf(e.getMessage()));
    }
    exam.text.append(
        works ? remarks.isEmpty() ? "\n  works\n" : "\n  works, but\n" : "\n  doesn't work\n");
    remarks.forEach(remark -> exam.text.append("  ! ").append(remark).append('\n'));
    return new Doctor(exam.text.toString(), works);
  }

  private void answered(int datacenter, Outcome outcome) {
    row("data centre " + datacenter, "answers after " + outcome.answerMillis + " ms");
  }

  private InetAddress address() throws Stuck {
    HostPort server = link.server();
    try {
      InetAddress[] all = InetAddress.getAllByName(server.host());
      row(
          "address",
          Arrays.stream(all).map(InetAddress::getHostAddress).collect(Collectors.joining(", ")));
      return all[0];
    } catch (UnknownHostException e) {
      throw new Stuck(
          server.host()
              + " has no address: check its spelling and its records in the name service, or this"
              + " machine's name service");
    }
  }

  private Outcome ask(InetAddress address, int datacenter) throws Stuck {
    InetSocketAddress server = new InetSocketAddress(address, link.server().port());
    long begin = System.nanoTime();
    try (FakeTlsClient client = connected(server)) {
      int connect = millis(begin);
      long sent = System.nanoTime();
      ClientHello hello = Hellos.hybrid(link.secret()).build();
      greet(client, hello);
      int greeted = millis(sent);
      long asked = System.nanoTime();
      askThrough(client, hello, datacenter);
      return new Outcome(connect, greeted, millis(asked));
    } catch (IOException e) {
      throw new Stuck("the connection broke: " + e.getMessage());
    }
  }

  private FakeTlsClient connected(InetSocketAddress server) throws Stuck {
    String remedy = ": is the node up, does it listen there, does a firewall or provider block it?";
    try {
      return FakeTlsClient.connect(server);
    } catch (SocketTimeoutException e) {
      throw new Stuck("nothing answers at " + link.server() + " within 10 s" + remedy);
    } catch (NoRouteToHostException e) {
      throw new Stuck("there is no route to " + link.server() + " from here");
    } catch (ConnectException e) {
      throw new Stuck("the port is closed: " + link.server() + " refuses" + remedy);
    } catch (IOException e) {
      throw new Stuck(link.server() + " can't be reached: " + e.getMessage());
    }
  }

  private void greet(FakeTlsClient client, ClientHello hello) throws Stuck {
    try {
      client.raw().send(hello.bytes());
      FlightReader flight = new FlightReader(hello);
      byte[] buffer = new byte[READ_LENGTH];
      boolean whole = false;
      while (!whole) {
        int read = client.raw().read(buffer);
        if (read < 0) {
          throw new Stuck(
              "the connection was closed without an answer: what listens there is no node, or its"
                  + " cover is down");
        }
        whole = flight.feed(buffer, 0, read);
      }
    } catch (SocketTimeoutException e) {
      throw new Stuck(
          "it takes the connection and never answers a hello: what listens there is no node, its"
              + " cover is down, or somebody on the way drops hellos like this one");
    } catch (BrokenRuleException e) {
      throw new Stuck(coverInstead());
    } catch (IOException e) {
      throw new Stuck(
          "the connection was cut at the hello ("
              + e.getMessage()
              + "): somebody on the way, or what listens there is no node");
    }
  }

  /** What a stranger sees; a look at the cover's time tells one reason from the others. */
  private String coverInstead() {
    row("handshake", "the cover answers instead of the node");
    List<String> clock =
        CoverProbe.oddities(
            link.server(),
            link.secret().host(),
            List.of(),
            new byte[0],
            Clock.systemUTC(),
            TOLERANCE);
    return clock.isEmpty()
        ? "the cover answers instead: the secret is wrong, was revoked or has expired, the node"
            + " drains or bans this address, or its clock is off (doctor there says so)"
        : "the cover answers instead, and " + clock.getFirst();
  }

  private void askThrough(FakeTlsClient client, ClientHello hello, int datacenter) throws Stuck {
    PqQuestion question = new PqQuestion(random, System.currentTimeMillis() / 1000);
    String silent =
        ": the node can't reach it, or a limit of the secret is used up; its doctor, and its log,"
            + " say more";
    String givenUp =
        "the node gives the connection up on the way to data centre " + datacenter + silent;
    try {
      client.open(
          Obfuscated2.open(hello.key(), Obfuscated2.PADDED_INTERMEDIATE, datacenter, random),
          question.frame());
      int length = PqQuestion.length(client.hear(PqQuestion.LENGTH_BYTES));
      if (length < 0 || !question.isAnsweredBy(client.hear(length))) {
        // A node that gives up says goodbye as the site would, which no data centre does.
        throw new Stuck(givenUp);
      }
    } catch (SocketTimeoutException e) {
      throw new Stuck("data centre " + datacenter + " is silent for 10 s" + silent);
    } catch (EOFException e) {
      throw new Stuck(givenUp);
    } catch (IOException | BrokenRuleException e) {
      throw new Stuck(
          "the way to data centre " + datacenter + " broke (" + e.getMessage() + ")" + silent);
    }
  }

  private static int millis(long begin) {
    return (int) Duration.ofNanos(System.nanoTime() - begin).toMillis();
  }

  private void row(String label, String value) {
    text.append("  ").append(String.format("%-15s", label)).append(value).append('\n');
  }
}
