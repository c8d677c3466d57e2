@NullMarked
package io.doppelfleet.proxy.rule;

import org.jspecify.annotations.NullMarked;
