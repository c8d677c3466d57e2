package io.doppelfleet.launcher.config;

import io.doppelfleet.proxy.site.Identity;
import io.doppelfleet.proxy.site.SiteOptions;

/**
 * The site that this node serves itself.
 *
 * @param options its files
 * @param identity what certificate and key held when they were checked
 */
public record OwnSite(SiteOptions options, Identity identity) {}
