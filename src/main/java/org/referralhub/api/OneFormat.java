package org.referralhub.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * How the API listens: a message is not turned away for what its sender would rather read (a system that asks for FHIR or XML
 * only, as many do for all they send), but for what nobody would understand; see {@link PlainRequests}.
 */
final class OneFormat implements WebMvcConfigurer {
    private static final String API = "/api/";

    @Override
    public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
        ContentNegotiationStrategy elsewhere = new HeaderContentNegotiationStrategy();
        configurer.strategies(List.of(request -> isApi(request)
                ? ContentNegotiationStrategy.MEDIA_TYPE_ALL_LIST
                : elsewhere.resolveMediaTypes(request)));
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new PlainRequests()).addPathPatterns(API + "**");
    }

    private static boolean isApi(NativeWebRequest request) {
        HttpServletRequest http = request.getNativeRequest(HttpServletRequest.class);
        return http != null && http.getServletPath().startsWith(API);
    }
}
