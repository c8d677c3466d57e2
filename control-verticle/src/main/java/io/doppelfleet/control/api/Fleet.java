package io.doppelfleet.control.api;

import io.doppelfleet.control.feed.Feed;
import io.doppelfleet.control.link.Links;
import io.doppelfleet.control.node.Leases;
import io.doppelfleet.control.node.LimitShares;
import io.doppelfleet.control.node.Nodes;
import io.doppelfleet.control.peer.NodesHere;
import io.doppelfleet.control.peer.Peers;
import io.doppelfleet.control.store.Store;
import org.jspecify.annotations.Nullable;

/**
 * What the API tells of and changes.
 *
 * @param leases bans by rules
 * @param limits those that nodes share
 * @param links those of nodes elsewhere; null where none may come in
 * @param ownNode what messages of the node beside this control are stamped with; null: none is
 * @param here the nodes that can be spoken to at this control
 * @param peers other controls; null: the store can have none
 * @param dashboard where people come in
 */
public record Fleet(
    Store store,
    Feed feed,
    Nodes nodes,
    Leases leases,
    LimitShares limits,
    @Nullable Links links,
    @Nullable String ownNode,
    NodesHere here,
    @Nullable Peers peers,
    Dashboard dashboard) {}
