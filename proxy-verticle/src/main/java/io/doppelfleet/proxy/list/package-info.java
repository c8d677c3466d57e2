/**
 * Lists of addresses from files and URLs: read, looked at for what nobody can mean, kept on disk,
 * followed as they change.
 */
@NullMarked
package io.doppelfleet.proxy.list;

import org.jspecify.annotations.NullMarked;
