package org.referralhub.console;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.message.Text;

/**
 * What every page needs besides its own content; {@code frame} in the templates.
 *
 * @param language {@code mn} or {@code en}
 * @param theme {@code auto}, {@code light} or {@code dark}
 * @param caller who has signed in; null when nobody has
 * @param sections the pages that the caller may look at
 * @param section the one that this page belongs to; null when it belongs to none
 * @param back address of this page, for forms that return to it
 * @param version changes with the files that pages are made of
 * @param revision the last change that this page knows of
 * @param times how moments are written
 * @param words texts of codes that the hub may learn more of
 */
public record Frame(
        String language,
        String theme,
        @Nullable Caller caller,
        List<Section> sections,
        @Nullable Section section,
        String back,
        String version,
        long revision,
        Times times,
        Words words) {
    /** What a courier was answered. */
    private static final Pattern NUMBERED = Pattern.compile("(answer|sftp-status)-(\\d{1,5})");

    /** A text in the reader's language. */
    public String of(Text text) {
        return language.equals("en") ? text.en() : text.mn();
    }

    /** A dead letter's cause in words; the code itself when it has none. */
    public String cause(String code) {
        Matcher numbered = NUMBERED.matcher(code);
        String known = numbered.matches()
                ? words.of("cause." + numbered.group(1), code).replace("{0}", numbered.group(2))
                : words.of(code.startsWith("unexpected-") ? "cause.unexpected" : "cause." + code, code);
        // Why a run has left a letter out is why an order about it was refused.
        return words.of("cause." + code, known.equals(code) ? outcome(code) : known);
    }

    /** What to do about a cause. */
    public String remedy(String code) {
        return words.of("remedy." + code, words.of("remedy.other", ""));
    }

    /** A kind of failure in words. */
    public String failure(String code) {
        return words.of("failure." + code, code);
    }

    /** Something ordered or done at the desk in words. */
    public String action(String code) {
        return words.of("action." + code, code);
    }

    /** Why an order was refused, in words. */
    public String outcome(String code) {
        return words.of("outcome." + code, code);
    }

    /** The highest of these; 1 at least. */
    private static long most(List<Long> numbers) {
        return Math.max(1, numbers.stream().mapToLong(Long::longValue).max().orElse(1));
    }

    /** Bars beside each other as one path: four wide, one to nineteen high. A page has hundreds, so no template makes them. */
    public String bars(List<Long> numbers) {
        StringBuilder path = new StringBuilder(32 * numbers.size());
        double top = most(numbers);
        for (int i = 0; i < numbers.size(); i++) {
            double rise = 18 * numbers.get(i) / top;
            String height = BigDecimal.valueOf(1 + rise)
                    .setScale(1, RoundingMode.HALF_UP)
                    .toPlainString();
            path.append('M')
                    .append(4 * i)
                    .append(" 20v-")
                    .append(height)
                    .append("h3v")
                    .append(height)
                    .append('z');
        }
        return path.toString();
    }

    /** True when the caller has one of these roles. */
    public boolean is(String... roles) {
        return caller != null && List.of(roles).stream().anyMatch(caller.roles()::contains);
    }
}
