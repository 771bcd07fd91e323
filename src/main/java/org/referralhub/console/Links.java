package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/** Addresses of the parts of a list: this page's own, with another place in the list. */
final class Links {
    /** Name of the parameter that says where a part begins. */
    static final String AFTER = "after";

    private Links() {}

    /** To the part that begins there; null when there is none. */
    static @Nullable String next(HttpServletRequest request, @Nullable Object after) {
        return after == null
                ? null
                : own(request)
                        .replaceQueryParam(AFTER, UriUtils.encode(after.toString(), StandardCharsets.UTF_8))
                        .build(true)
                        .toUriString();
    }

    /** To the first part; null on the first. */
    static @Nullable String first(HttpServletRequest request) {
        return request.getParameter(AFTER) == null
                ? null
                : own(request).replaceQueryParam(AFTER).build(true).toUriString();
    }

    private static UriComponentsBuilder own(HttpServletRequest request) {
        return UriComponentsBuilder.fromPath(request.getRequestURI()).query(request.getQueryString());
    }
}
