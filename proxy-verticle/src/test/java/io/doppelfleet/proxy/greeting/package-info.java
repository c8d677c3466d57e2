@NullMarked
package io.doppelfleet.proxy.greeting;

import org.jspecify.annotations.NullMarked;
