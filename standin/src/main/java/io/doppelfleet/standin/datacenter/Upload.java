package io.doppelfleet.standin.datacenter;

/**
 * A file as far as it was uploaded.
 *
 * @param parts how many came
 * @param length bytes of them all
 * @param checksum SHA-256 over the SHA-256 of each part, by their numbers; lower-case hex
 */
public record Upload(int parts, long length, String checksum) {}
