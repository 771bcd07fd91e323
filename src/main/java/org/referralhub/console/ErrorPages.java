package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import org.referralhub.broker.BrokerException;
import org.referralhub.deadletter.DeskException;
import org.referralhub.ledger.LedgerUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.web.ErrorResponse;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.ModelAndView;

/**
 * What the console shows when something can't be shown. An unknown failure is logged by its class and place only: the text of
 * an exception may hold a value of a message.
 */
@Controller
@ControllerAdvice(basePackageClasses = ErrorPages.class)
@Lazy
class ErrorPages {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorPages.class);

    private final FrameAdvice frames;

    ErrorPages(FrameAdvice frames) {
        this.frames = frames;
    }

    /** Somebody who has signed in asks for what is for others, or sends a form that is not of this session. */
    @RequestMapping(ConsoleSecurity.DENIED)
    ModelAndView denied(HttpServletRequest request) {
        ModelAndView page = page(HttpStatus.FORBIDDEN, request);
        if (Boolean.TRUE.equals(request.getAttribute(ConsoleSecurity.STALE))) {
            page.addObject("kind", "stale");
        }
        return page;
    }

    @ExceptionHandler(NoSuchPageException.class)
    ModelAndView noSuchPage(HttpServletRequest request) {
        return page(HttpStatus.NOT_FOUND, request);
    }

    @ExceptionHandler({LedgerUnavailableException.class, BrokerException.class, DeskException.class})
    ModelAndView notReady(HttpServletRequest request) {
        return page(HttpStatus.SERVICE_UNAVAILABLE, request);
    }

    @ExceptionHandler(MethodArgumentTypeMismatchException.class)
    ModelAndView malformed(HttpServletRequest request) {
        return page(HttpStatus.BAD_REQUEST, request);
    }

    /** The browser has gone: there is nobody to show anything. */
    @ExceptionHandler(IOException.class)
    void gone() {
        LOG.debug("A browser has gone before its page was there.");
    }

    @ExceptionHandler(Exception.class)
    ModelAndView unknown(Exception failure, HttpServletRequest request) {
        if (failure instanceof ErrorResponse known && known.getStatusCode().is4xxClientError()) {
            return page(HttpStatus.valueOf(known.getStatusCode().value()), request);
        }
        StackTraceElement[] places = failure.getStackTrace();
        LOG.error(
                "A page failed: {} at {}",
                failure.getClass().getName(),
                places.length == 0 ? "an unknown place" : places[0]);
        return page(HttpStatus.INTERNAL_SERVER_ERROR, request);
    }

    ModelAndView page(HttpStatus status, HttpServletRequest request) {
        String kind =
                switch (status) {
                    case FORBIDDEN -> "denied";
                    case NOT_FOUND -> "nothing";
                    case SERVICE_UNAVAILABLE -> "unavailable";
                    default -> status.is4xxClientError() ? "malformed" : "failed";
                };
        ModelAndView page = new ModelAndView("fault");
        page.setStatus(status);
        page.addObject("kind", kind);
        page.addObject("frame", frames.frame(request));
        page.addObject("csrf", frames.csrf(request));
        return page;
    }
}
