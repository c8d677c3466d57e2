/**
 * A data centre that stands in for Telegram's: real clients exchange keys with it, ping it and move
 * files, and the load generator streams through it. It follows <a
 * href="https://core.telegram.org/mtproto">MTProto 2.0</a> as far as those need; it keeps no
 * accounts, no messages and no secrets worth keeping.
 *
 * <p>A connection passes {@link io.doppelfleet.bench.datacenter.ObfuscationHandler}, then {@link
 * io.doppelfleet.bench.datacenter.ProtocolSelector} chooses between {@link
 * io.doppelfleet.bench.datacenter.LoadHandler} and {@link
 * io.doppelfleet.bench.datacenter.MtprotoHandler}.
 */
@NullMarked
package io.doppelfleet.bench.datacenter;

import org.jspecify.annotations.NullMarked;
