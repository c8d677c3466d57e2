@NullMarked
package io.doppelfleet.proxy.list;

import org.jspecify.annotations.NullMarked;
