/** What both ends of MTProto do with bytes: keys, seals and the serialization of objects. */
@NullMarked
package io.doppelfleet.fleet.mtproto;

import org.jspecify.annotations.NullMarked;
