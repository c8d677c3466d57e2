package io.doppelfleet.proxy.probe;

import io.doppelfleet.proxy.datacenter.PqQuestion;
import io.doppelfleet.proxy.hello.SignedHello;
import io.doppelfleet.proxy.transport.ClientStream;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Where one attempt goes, what it sends, and for how long it waits.
 *
 * @param listener ours
 * @param beginning what the connection begins with, for a listener behind a router; else empty
 * @param hello of the client
 * @param stream that follows it
 * @param question to the data centre
 * @param answer how long that may take; longer than the node takes to give it up
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Errand(
    InetSocketAddress listener,
    byte[] beginning,
    SignedHello hello,
    ClientStream stream,
    PqQuestion question,
    Duration answer) {}
