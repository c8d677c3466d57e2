/**
 * A data centre that stands in for Telegram's: real clients exchange keys with it, ping it and move
 * files, and the load generator streams through it. It follows <a
 * href="https://core.telegram.org/mtproto">MTProto 2.0</a> as far as those need; it keeps no
 * accounts, no messages and no secrets worth keeping.
 *
 * <p>A connection passes {@link io.doppelfleet.standin.datacenter.ObfuscationHandler}, then {@link
 * io.doppelfleet.standin.datacenter.ProtocolSelector} chooses between {@link
 * io.doppelfleet.standin.datacenter.LoadHandler} and {@link
 * io.doppelfleet.standin.datacenter.MtprotoHandler}.
 */
@NullMarked
package io.doppelfleet.standin.datacenter;

import org.jspecify.annotations.NullMarked;
