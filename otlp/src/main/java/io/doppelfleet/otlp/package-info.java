/**
 * Metrics by OTLP. This module's jar and what it needs stand beside the class path: a process that
 * sends nothing never opens them.
 */
@NullMarked
package io.doppelfleet.otlp;

import org.jspecify.annotations.NullMarked;
