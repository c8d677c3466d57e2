package io.doppelfleet.control.store;

/**
 * Who may use the API over TCP.
 *
 * @param accounts people
 * @param tokens programs
 */
public record Access(Accounts accounts, ApiTokens tokens) {}
