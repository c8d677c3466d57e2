/**
 * Who is in the cluster, by Hazelcast. This module's jar and what it needs stand beside the class
 * path: a process that is in no cluster never opens them.
 */
@NullMarked
package io.doppelfleet.cluster;

import org.jspecify.annotations.NullMarked;
