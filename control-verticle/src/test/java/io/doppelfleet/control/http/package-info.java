@NullMarked
package io.doppelfleet.control.http;

import org.jspecify.annotations.NullMarked;
