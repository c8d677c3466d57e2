package io.doppelfleet.proxy.record;

/** Bytes that are no record which a client may send; the message says why, without the bytes. */
public final class IllegalRecordException extends Exception {
  IllegalRecordException(String message) {
    super(message, null, false, false);
  }
}
