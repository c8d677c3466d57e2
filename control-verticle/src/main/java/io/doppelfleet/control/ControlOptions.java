package io.doppelfleet.control;

import io.doppelfleet.control.http.WebOptions;
import io.doppelfleet.control.link.LinkOptions;
import io.doppelfleet.control.node.Ledger.Retention;
import io.doppelfleet.fleet.cluster.ClusterOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a control keeps its things.
 *
 * @param storeUrl {@code jdbc:h2:file:PATH} or {@code jdbc:postgresql://HOST/DATABASE}
 * @param keyFile the fleet key's; made with a new store
 * @param identityFile where it is kept which of the store's controls this is; made where there may
 *     be others
 * @param socket the API's Unix socket, of mode 0600, in a directory that others can't enter
 * @param besideNode whether a node is in the same process
 * @param retention how long is kept what passed
 * @param nodes where nodes elsewhere come in; null where none may
 * @param web where the API is served over TCP; null: nowhere
 * @param cluster where nodes on a private network find it, beside those; null: nowhere
 */
public record ControlOptions(
    String storeUrl,
    Path keyFile,
    Path identityFile,
    Path socket,
    boolean besideNode,
    Retention retention,
    @Nullable LinkOptions nodes,
    @Nullable WebOptions web,
    @Nullable ClusterOptions cluster) {
  /** The JDBC URL may have a password. */
  @Override
  public String toString() {
    return "ControlOptions[keyFile=" + keyFile + ", socket=" + socket + "]";
  }
}
