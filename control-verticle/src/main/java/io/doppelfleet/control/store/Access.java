package io.doppelfleet.control.store;

/**
 * Who may use the API over TCP.
 *
 * @param accounts people
 * @param tokens programs
 * @param factors what people say beside their passwords
 */
public record Access(Accounts accounts, ApiTokens tokens, SecondFactors factors) {}
