package org.referralhub.console;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.OperatorRole;
import org.referralhub.api.Caller;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.i18n.LocaleContextHolder;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.util.WebUtils;

/** Gives every page what the layout needs. */
@ControllerAdvice(basePackageClasses = FrameAdvice.class)
@Lazy
class FrameAdvice {
    private final MessageSource texts;
    private final Clock clock;
    private final Live live;
    private final String version;

    FrameAdvice(MessageSource texts, Clock clock, Live live) {
        this.texts = texts;
        this.live = live;
        this.clock = clock;
        // Files change with the program, and the program with a start.
        this.version = Long.toString(clock.millis(), Character.MAX_RADIX);
    }

    @ModelAttribute("frame")
    Frame frame(HttpServletRequest request) {
        Locale language = LocaleContextHolder.getLocale();
        Caller caller = Visit.caller(SecurityContextHolder.getContext().getAuthentication());
        Section section = section(request.getRequestURI());
        return new Frame(
                language.getLanguage(),
                theme(request),
                caller,
                caller == null ? List.of() : Section.of(roles(caller)),
                section,
                back(request, section),
                version,
                live.revision(),
                new Times(texts, language, clock.instant()),
                (key, otherwise) ->
                        Objects.requireNonNullElse(texts.getMessage(key, null, otherwise, language), otherwise));
    }

    /** Null where a form can't be sent. */
    @ModelAttribute("csrf")
    @Nullable
    CsrfToken csrf(HttpServletRequest request) {
        return request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token ? token : null;
    }

    /** Where a change of language leads back to: what answers a form can't be asked for again, so its section. */
    private static String back(HttpServletRequest request, @Nullable Section section) {
        if (!request.getMethod().equals("GET")) {
            return (section == null ? Section.OVERVIEW : section).path();
        }
        String path = request.getRequestURI();
        return request.getQueryString() == null ? path : path + "?" + request.getQueryString();
    }

    private static @Nullable Section section(String path) {
        return Arrays.stream(Section.values())
                .filter(section -> path.equals(section.path()) || path.startsWith(section.path() + "/"))
                .findFirst()
                .orElse(null);
    }

    private static Set<OperatorRole> roles(Caller caller) {
        Set<OperatorRole> roles = EnumSet.noneOf(OperatorRole.class);
        caller.roles().forEach(role -> roles.add(OperatorRole.valueOf(role)));
        return roles;
    }

    private static String theme(HttpServletRequest request) {
        Cookie chosen = WebUtils.getCookie(request, PreferencesController.THEME);
        return chosen != null && PreferencesController.THEMES.contains(chosen.getValue()) ? chosen.getValue() : "auto";
    }
}
