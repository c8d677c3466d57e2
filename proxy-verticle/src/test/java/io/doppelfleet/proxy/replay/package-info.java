@NullMarked
package io.doppelfleet.proxy.replay;

import org.jspecify.annotations.NullMarked;
