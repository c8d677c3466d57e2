@NullMarked
package io.doppelfleet.standin.datacenter;

import org.jspecify.annotations.NullMarked;
