package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Addresses below the console's that lead nowhere get a page; others are the business of the HTTP face. */
@ControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
@Lazy
class UnknownPages {
    private final ErrorPages pages;
    private final FrameAdvice frames;

    UnknownPages(ErrorPages pages, FrameAdvice frames) {
        this.pages = pages;
        this.frames = frames;
    }

    @ExceptionHandler({NoHandlerFoundException.class, NoResourceFoundException.class})
    ModelAndView nothing(Exception failure, HttpServletRequest request) throws Exception {
        if (request.getRequestURI().startsWith("/console/")
                || frames.frame(request).section() != null) {
            return pages.page(HttpStatus.NOT_FOUND, request);
        }
        throw failure;
    }
}
