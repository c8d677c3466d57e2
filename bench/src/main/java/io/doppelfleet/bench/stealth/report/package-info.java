/** What was found, as a table and as JSON. */
@NullMarked
package io.doppelfleet.bench.stealth.report;

import org.jspecify.annotations.NullMarked;
