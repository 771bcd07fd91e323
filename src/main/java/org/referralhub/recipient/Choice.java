package org.referralhub.recipient;

import org.referralhub.agency.Agency;

/**
 * One recipient and why.
 *
 * @param rule name of the rule in {@code config/recipients.yaml}, or {@link #NAMED}
 */
public record Choice(Agency agency, String rule) {
    /** The rule of a recipient that the sender itself named. */
    public static final String NAMED = "named-by-sender";
}
