/** The list of data centres as Telegram itself publishes it to clients. */
@NullMarked
package io.doppelfleet.proxy.published;

import org.jspecify.annotations.NullMarked;
