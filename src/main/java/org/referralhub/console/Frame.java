package org.referralhub.console;

import java.util.List;
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
 * @param times how moments are written
 */
public record Frame(
        String language,
        String theme,
        @Nullable Caller caller,
        List<Section> sections,
        @Nullable Section section,
        String back,
        String version,
        Times times) {

    /** A text in the reader's language. */
    public String of(Text text) {
        return language.equals("en") ? text.en() : text.mn();
    }

    /** True when the caller has one of these roles. */
    public boolean is(String... roles) {
        return caller != null && List.of(roles).stream().anyMatch(caller.roles()::contains);
    }
}
