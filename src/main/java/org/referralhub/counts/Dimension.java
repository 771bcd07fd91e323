package org.referralhub.counts;

import java.util.Locale;
import java.util.Optional;

/** What figures can be told apart by. */
public enum Dimension {
    /** The aimag, or the capital, that the referral names. */
    AIMAG,
    /** The soum or the capital's district. */
    SOUM,
    /** Kind of agency: of the sender where referrals are counted, of the agency that was asked everywhere else. */
    KIND,
    /** What the referral is about; one with several concerns stands under each. */
    CONCERN,
    URGENCY,
    /** The month in which the referral was opened. */
    MONTH;

    /** Stands for a value that is not known, for example the place of a child that did not say where it is. */
    public static final String UNKNOWN = "UNKNOWN";

    /** As it is written in a question and in a table. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The dimension with this code. */
    public static Optional<Dimension> of(String code) {
        for (Dimension dimension : values()) {
            if (dimension.code().equals(code)) {
                return Optional.of(dimension);
            }
        }
        return Optional.empty();
    }
}
