package io.doppelfleet.bench;

import io.doppelfleet.fleet.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an address of this machine, and says what would be right. */
final class AddressConverter implements ITypeConverter<InetSocketAddress> {
  @Override
  public InetSocketAddress convert(String value) {
    try {
      HostPort parsed = HostPort.parse(value);
      return new InetSocketAddress(InetAddress.ofLiteral(parsed.host()), parsed.port());
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(
          "ADDRESS:PORT is right, with an address of this machine, not \"" + value + "\"");
    }
  }
}
