package io.doppelfleet.launcher.command;

import java.util.Iterator;
import java.util.List;

/** What a shell completes where a role is asked for; the control checks it. */
final class RoleNames implements Iterable<String> {
  @Override
  public Iterator<String> iterator() {
    return List.of("viewer", "operator", "admin").iterator();
  }
}
