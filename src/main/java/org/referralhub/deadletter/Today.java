package org.referralhub.deadletter;

import org.referralhub.ledger.Rulebook;

/**
 * Everything that decides what would become of a letter now, all of one version of the configuration.
 *
 * @param version of the configuration
 * @param stages intake and delivery
 * @param rules the ledger's
 */
public record Today(String version, Stages stages, Rulebook rules) {}
