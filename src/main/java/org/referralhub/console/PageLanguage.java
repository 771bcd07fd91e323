package org.referralhub.console;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.util.WebUtils;

/** The language that the reader has chosen; Mongolian until then, whatever the browser says. */
final class PageLanguage implements LocaleResolver {
    static final String COOKIE = "hub-language";
    static final Locale MONGOLIAN = Locale.forLanguageTag("mn");
    static final List<Locale> ALL = List.of(MONGOLIAN, Locale.ENGLISH);

    @Override
    public Locale resolveLocale(HttpServletRequest request) {
        Cookie chosen = WebUtils.getCookie(request, COOKIE);
        return ALL.stream()
                .filter(language -> chosen != null && language.getLanguage().equals(chosen.getValue()))
                .findFirst()
                .orElse(MONGOLIAN);
    }

    @Override
    public void setLocale(HttpServletRequest request, @Nullable HttpServletResponse response, @Nullable Locale locale) {
        throw new UnsupportedOperationException("the reader chooses");
    }
}
