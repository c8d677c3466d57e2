/**
 * FakeTLS clients by the thousand on a few event loops. They check what costs little (lengths,
 * records, the digest, checksums of content); {@link io.doppelfleet.standin.client.FakeTlsClient}
 * checks the rest.
 */
@NullMarked
package io.doppelfleet.standin.load;

import org.jspecify.annotations.NullMarked;
