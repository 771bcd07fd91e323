package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Language and colours, which the browser keeps. */
@Controller
@Lazy
class PreferencesController {
    static final String PATH = "/console/preferences";
    static final String THEME = "hub-theme";
    static final List<String> THEMES = List.of("auto", "light", "dark");

    private static final Duration KEPT = Duration.ofDays(365);

    /** @param back the page that the reader was on */
    @PostMapping(PATH)
    ResponseEntity<Void> keep(
            @RequestParam(required = false) @Nullable String language,
            @RequestParam(required = false) @Nullable String theme,
            @RequestParam(defaultValue = "/") String back,
            HttpServletRequest request) {
        HttpHeaders headers = new HttpHeaders();
        if (language != null
                && PageLanguage.ALL.stream()
                        .anyMatch(known -> known.getLanguage().equals(language))) {
            keep(headers, PageLanguage.COOKIE, language, request);
        }
        if (theme != null && THEMES.contains(theme)) {
            keep(headers, THEME, theme, request);
        }
        headers.setLocation(ours(back));
        return new ResponseEntity<>(headers, HttpStatus.SEE_OTHER);
    }

    private static void keep(HttpHeaders headers, String name, String value, HttpServletRequest request) {
        ResponseCookie cookie = ResponseCookie.from(name, value)
                .path("/")
                .maxAge(KEPT)
                .httpOnly(true)
                .secure(request.isSecure())
                .sameSite("Lax")
                .build();
        headers.add(HttpHeaders.SET_COOKIE, cookie.toString());
    }

    /** A form may lead back to our own pages only. */
    private static URI ours(String back) {
        boolean own = back.startsWith("/") && !back.startsWith("//") && !back.contains("\\");
        try {
            return own ? new URI(back) : URI.create("/");
        } catch (java.net.URISyntaxException e) {
            return URI.create("/");
        }
    }
}
