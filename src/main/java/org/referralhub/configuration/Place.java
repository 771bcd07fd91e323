package org.referralhub.configuration;

import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/**
 * One administrative place.
 *
 * @param code the national code; messages name places by it and never by name
 * @param parent code of the place it lies in; null for the capital and the aimags
 * @param level where it stands in the order
 * @param name its names; a place whose English name is not known has its Mongolian name in both
 * @param iso ISO 3166-2 code of the capital or an aimag; null below
 * @param zone IANA time zone
 */
public record Place(
        String code,
        @Nullable String parent,
        Level level,
        Text name,
        @Nullable String iso,
        java.time.ZoneId zone) {

    /** The order of places, outermost first. */
    public enum Level {
        CAPITAL,
        AIMAG,
        DISTRICT,
        SOUM,
        KHOROO,
        BAG
    }
}
