@NullMarked
package io.doppelfleet.proxy.hello;

import org.jspecify.annotations.NullMarked;
