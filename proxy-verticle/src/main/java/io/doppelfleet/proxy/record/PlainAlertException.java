package io.doppelfleet.proxy.record;

/**
 * A whole alert in the clear, before anything that is encrypted: a client's, which has found
 * something wrong with the flight.
 */
public final class PlainAlertException extends IllegalRecordException {
  PlainAlertException() {
    super("an alert in the clear");
  }
}
