package io.doppelfleet.launcher.doctor;

import java.util.List;

/**
 * One thing that was looked at.
 *
 * @param label at most 14 characters
 * @param found in a few words
 * @param remarks what is wrong, and what to do; empty where it is well
 */
record Check(String label, String found, List<String> remarks) {
  /** Copies the list. */
  Check {
    remarks = List.copyOf(remarks);
  }

  static Check well(String label, String found) {
    return new Check(label, found, List.of());
  }

  static Check wrong(String label, String found, String remark) {
    return new Check(label, found, List.of(remark));
  }
}
