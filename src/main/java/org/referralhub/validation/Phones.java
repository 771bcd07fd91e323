package org.referralhub.validation;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Map;
import java.util.Optional;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;

/** Telephone numbers: Mongolian ones have eight digits, with or without +976. */
final class Phones {
    private static final Pattern NOISE = Pattern.compile("[\\s().-]");
    private static final Pattern HOME = Pattern.compile("^(?:(?:\\+|00)?976)?([0-9]{8})$");
    private static final Pattern FOREIGN = Pattern.compile("^(?:\\+|00)[1-9][0-9]{6,14}$");
    /** Numbers of services such as 102 and 105: nobody's own, but a caller may have nothing else to give. */
    private static final Pattern SHORT = Pattern.compile("^[0-9]{3,5}$");
    /** Area codes of fixed lines, and mobile and wireless operators, by their first digits. */
    private static final Pattern KNOWN_PREFIX = Pattern.compile("^(?:1[12]|2[1-7]|5[0-9]|6[0-9]|7[0-9]|8[0-9]|9[0-9])");

    /** With every way to write one. A text of a mebibyte is none, and is not worth looking through. */
    private static final int LONGEST = 64;

    private Phones() {}

    /** What is to be said of a number; a prefix that nobody knows is never an error. */
    static Optional<Finding> check(String number, String pointer) {
        if (number.length() > LONGEST) {
            return wrong(pointer);
        }
        String bare = NOISE.matcher(number).replaceAll("");
        Matcher home = HOME.matcher(bare);
        if (home.matches()) {
            return KNOWN_PREFIX.matcher(home.group(1)).find() ? Optional.empty() : warning("phone.prefix", pointer);
        }
        if (SHORT.matcher(bare).matches()) {
            return warning("phone.short", pointer);
        }
        if (FOREIGN.matcher(bare).matches() && !bare.startsWith("+976")) {
            return warning("phone.foreign", pointer);
        }
        return wrong(pointer);
    }

    private static Optional<Finding> wrong(String pointer) {
        return Optional.of(Findings.of(Severity.ERROR, "phone.form", pointer, Map.of("digits", 8)));
    }

    private static Optional<Finding> warning(String code, String pointer) {
        return Optional.of(Findings.of(Severity.WARNING, code, pointer));
    }
}
