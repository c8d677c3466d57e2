package io.doppelfleet.proxy.record;

/**
 * A whole alert in the clear, before anything that is encrypted: some servers take it for a
 * client's, which has found something wrong with their flight, and some for a record that can't be
 * decrypted.
 */
public final class PlainAlertException extends IllegalRecordException {
  PlainAlertException() {
    super("an alert in the clear");
  }
}
