package io.doppelfleet.proxy.record;

/** Bytes that are no record which a client may send; the message says why, without the bytes. */
public sealed class IllegalRecordException extends Exception permits PlainAlertException {
  IllegalRecordException(String message) {
    super(message, null, false, false);
  }
}
