package org.referralhub.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/**
 * Turns away a parameter that a call does not have: who misspells a filter must not take all there is for what was asked
 * for, as an unknown name in a body is no order.
 */
final class KnownParameters implements HandlerInterceptor {
    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        String query = request.getQueryString();
        if (query != null && handler instanceof HandlerMethod method) {
            Set<String> known = names(method);
            UriComponentsBuilder.newInstance().query(query).build().getQueryParams().keySet().stream()
                    .filter(name -> !known.contains(UriUtils.decode(name, StandardCharsets.UTF_8)))
                    .findFirst()
                    .ifPresent(name -> {
                        // The name itself may be anything, a child's too.
                        throw ProblemException.of(
                                Problem.BAD_REQUEST,
                                known.isEmpty()
                                        ? "This call has no parameters."
                                        : "A parameter is not one of this call; it has " + String.join(", ", known)
                                                + ".");
                    });
        }
        return true;
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
