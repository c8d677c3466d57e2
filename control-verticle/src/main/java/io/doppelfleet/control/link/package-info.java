/** The links of nodes elsewhere: who comes in, and what is carried between them and the bus. */
@NullMarked
package io.doppelfleet.control.link;

import org.jspecify.annotations.NullMarked;
