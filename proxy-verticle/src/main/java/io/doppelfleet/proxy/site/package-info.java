/** The cover site that the node itself serves: the operator's own domain, its pages and its key. */
@NullMarked
package io.doppelfleet.proxy.site;

import org.jspecify.annotations.NullMarked;
