/** The data plane's parts by themselves, by JMH: {@code bench/run --micro}. */
@NullMarked
package io.doppelfleet.bench.micro;

import org.jspecify.annotations.NullMarked;
