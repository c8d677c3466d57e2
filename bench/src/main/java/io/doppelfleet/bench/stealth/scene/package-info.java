/** The places where it all happens: web sites, nodes, a stand-in data centre, each a process. */
@NullMarked
package io.doppelfleet.bench.stealth.scene;

import org.jspecify.annotations.NullMarked;
