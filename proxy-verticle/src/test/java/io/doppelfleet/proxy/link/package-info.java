@NullUnmarked
package io.doppelfleet.proxy.link;

import org.jspecify.annotations.NullUnmarked;
