@NullMarked
package io.doppelfleet.proxy.site;

import org.jspecify.annotations.NullMarked;
