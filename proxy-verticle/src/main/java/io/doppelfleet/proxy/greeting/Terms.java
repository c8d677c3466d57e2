package io.doppelfleet.proxy.greeting;

import io.doppelfleet.proxy.address.AddressRules;

/**
 * What one state says at one time: swapped as a whole, so that no hello sees half of it. Immutable.
 *
 * @param secrets by which clients may come now
 * @param ended by which clients came who may finish
 * @param addresses from which they may not
 */
record Terms(SecretIndex secrets, EndedKeys ended, AddressRules addresses) {}
