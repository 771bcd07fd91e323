package org.referralhub.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * Turns away what would not be taken as it is meant. A parameter that a call does not have: who misspells a filter must not take
 * all there is for what was asked for, as an unknown name in a body is no order. A body that is packed: nobody unpacks it.
 */
final class PlainRequests implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw ProblemException.of(Problem.CONTENT_ENCODING, "Nothing here unpacks a body.");
        }
        String query = request.getQueryString();
        if (query != null && handler instanceof HandlerMethod method) {
            requireKnown(query, names(method));
        }
        return true;
    }

    private static void requireKnown(String query, Set<String> known) {
        boolean all = UriComponentsBuilder.newInstance().query(query).build().getQueryParams().keySet().stream()
                .allMatch(name -> known.contains(UriUtils.decode(name, StandardCharsets.UTF_8)));
        if (!all) {
            // The name itself may be anything, a child's too.
            throw ProblemException.of(
                    Problem.BAD_REQUEST,
                    known.isEmpty()
                            ? "This call has no parameters."
                            : "A parameter is not one of this call; it has " + String.join(", ", known) + ".");
        }
    }

    private static Set<String> names(HandlerMethod method) {
        Set<String> names = new TreeSet<>();
        for (MethodParameter parameter : method.getMethodParameters()) {
            RequestParam asked = parameter.getParameterAnnotation(RequestParam.class);
            if (asked != null) {
                names.add(asked.name().isEmpty() ? parameter.getParameter().getName() : asked.name());
            }
        }
        RequestMapping mapping = method.getMethodAnnotation(RequestMapping.class);
        if (mapping != null) {
            for (String condition : mapping.params()) {
                names.add(condition.replaceFirst("=.*", ""));
            }
        }
        return names;
    }
}
