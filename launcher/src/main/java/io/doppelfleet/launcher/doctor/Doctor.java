package io.doppelfleet.launcher.doctor;

import io.doppelfleet.fleet.HostPort;
import io.doppelfleet.proxy.doppel.Doppel;
import io.doppelfleet.proxy.doppel.Profile;
import io.doppelfleet.proxy.scout.Bounds;
import io.doppelfleet.proxy.scout.Diagnosis;
import io.doppelfleet.proxy.scout.Findings;
import io.doppelfleet.proxy.scout.Look;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;

/**
 * Examines a cover as a node would learn it.
 *
 * @param text what was found, and the verdict
 * @param usable whether it can be a cover at all
 */
public record Doctor(String text, boolean usable) {
  /** Hellos of each kind: as many as show the spread of a signature's length. */
  private static final int HELLOS = 5;

  /**
   * Looks once. Blocks for half a minute at the worst.
   *
   * @param host the name to ask for, as clients do
   */
  public static Doctor examine(HostPort site, String host) {
    List<InetSocketAddress> addresses;
    try {
      addresses =
          Arrays.stream(InetAddress.getAllByName(site.host()))
              .map(address -> new InetSocketAddress(address, site.port()))
              .toList();
    } catch (UnknownHostException e) {
      return new Doctor(
          "The cover "
              + site
              + "\n\n  not usable\n  ! its name has no address: check its spelling, or this machine's"
              + " name service\n",
          false);
    }
    Doppel doppel = new Doppel(Profile.unknown(site));
    Findings findings =
        new Look(Bounds.defaults(), doppel, new SecureRandom(), Clock.systemUTC())
            .at(addresses, host, doppel.kinds(), HELLOS, Look.Visit.THOROUGH);
    Verdict verdict =
        Verdict.of(
            findings, Diagnosis.of(findings), Neighbourhood.of(findings.address().getAddress()));
    return new Doctor(Report.of(site, addresses, findings, verdict), verdict.usable());
  }
}
