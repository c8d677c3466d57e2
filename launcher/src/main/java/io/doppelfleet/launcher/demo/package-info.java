/**
 * What the demo's fleet and the build's training run stand between: a data centre, a cover site,
 * and people who come and go.
 */
@NullMarked
package io.doppelfleet.launcher.demo;

import org.jspecify.annotations.NullMarked;
