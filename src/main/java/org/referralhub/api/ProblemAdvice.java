package org.referralhub.api;

import org.jspecify.annotations.Nullable;
import org.referralhub.broker.BrokerException;
import org.referralhub.deadletter.DeskException;
import org.referralhub.ledger.BusyException;
import org.referralhub.ledger.LedgerUnavailableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.web.bind.MissingServletRequestParameterException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/**
 * Turns whatever ends a request into a problem document. An unknown failure is logged by its class and place only: the text
 * of an exception may hold a value of a message.
 */
@RestControllerAdvice(basePackageClasses = ProblemAdvice.class)
class ProblemAdvice extends ResponseEntityExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);

    private static final long RETRY_SECONDS = 5;

    @ExceptionHandler(ProblemException.class)
    ResponseEntity<Object> known(ProblemException problem) {
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(problem.problem().status()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
        if (problem.retryAfterSeconds() > 0) {
            answer.header(HttpHeaders.RETRY_AFTER, Long.toString(problem.retryAfterSeconds()));
        }
        return answer.body(problem.document());
    }

    @ExceptionHandler(BrokerException.class)
    ResponseEntity<Object> brokerAway(BrokerException failure) {
        return known(BrokerTrouble.unavailable(failure));
    }

    @ExceptionHandler({LedgerUnavailableException.class, DeskException.class})
    ResponseEntity<Object> ledgerAway(RuntimeException failure) {
        return known(ProblemException.retry(Problem.UNAVAILABLE, null, RETRY_SECONDS, failure));
    }

    @ExceptionHandler(BusyException.class)
    ResponseEntity<Object> busy(BusyException failure) {
        return known(ProblemException.retry(
                Problem.TOO_MANY_REQUESTS,
                "One such reading at a time, and one is under way.",
                RETRY_SECONDS,
                failure));
    }

    @ExceptionHandler(RequestRejectedException.class)
    ResponseEntity<Object> malformed(RequestRejectedException failure, WebRequest request) {
        // A document sent as a form, as curl does when it is not told a type, is taken apart before anybody looks at
        // it.
        String type = request.getHeader(HttpHeaders.CONTENT_TYPE);
        return known(ProblemException.of(
                type != null && type.startsWith(MediaType.APPLICATION_FORM_URLENCODED_VALUE)
                        ? Problem.UNSUPPORTED_MEDIA_TYPE
                        : Problem.BAD_REQUEST,
                null));
    }

    @ExceptionHandler(Exception.class)
    ResponseEntity<Object> unknown(Exception failure) {
        StackTraceElement[] places = failure.getStackTrace();
        LOG.error(
                "A request failed: {} at {}",
                failure.getClass().getName(),
                places.length == 0 ? "an unknown place" : places[0]);
        return known(ProblemException.of(Problem.INTERNAL, null));
    }

    @Override
    protected @Nullable ResponseEntity<Object> handleExceptionInternal(
            Exception failure, @Nullable Object body, HttpHeaders headers, HttpStatusCode status, WebRequest request) {
        Problem problem =
                switch (status.value()) {
                    case 404 -> Problem.NOT_FOUND;
                    case 405 -> Problem.METHOD_NOT_ALLOWED;
                    case 413 -> Problem.TOO_LARGE;
                    case 415 -> Problem.UNSUPPORTED_MEDIA_TYPE;
                    case 503 -> Problem.UNAVAILABLE;
                    default -> status.is4xxClientError() ? Problem.BAD_REQUEST : Problem.INTERNAL;
                };
        return ResponseEntity.status(problem.status())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem.document(detail(failure)));
    }

    /** Which parameter can't be read and how it is written; never its value. */
    private static @Nullable String detail(Exception failure) {
        if (failure instanceof MissingServletRequestParameterException missing) {
            return missing.getParameterName() + " is missing.";
        }
        if (failure instanceof MethodArgumentTypeMismatchException mismatch) {
            String form = form(mismatch.getRequiredType());
            return mismatch.getName() + (form == null ? " can't be read." : " is not " + form + ".");
        }
        return null;
    }

    private static @Nullable String form(@Nullable Class<?> type) {
        if (type == null) {
            return null;
        }
        return switch (type.getSimpleName()) {
            case "int", "long", "Integer", "Long" -> "a whole number";
            case "boolean", "Boolean" -> "true or false";
            case "OffsetDateTime" -> "a time such as 2026-11-22T08:00:00+08:00 (in an address + is %2B)";
            case "LocalDate" -> "a day such as 2026-11-22";
            case "YearMonth" -> "a month such as 2026-11";
            default -> null;
        };
    }
}
