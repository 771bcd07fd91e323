package org.referralhub.api;

import org.jspecify.annotations.Nullable;

/** Ends a request with a problem document. */
final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Problem problem;
    private final transient ProblemDocument document;
    private final long retryAfterSeconds;

    private ProblemException(
            Problem problem, ProblemDocument document, long retryAfterSeconds, @Nullable Throwable cause) {
        super(document.title(), cause, false, cause != null);
        this.problem = problem;
        this.document = document;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    static ProblemException of(Problem problem, @Nullable String detail) {
        return new ProblemException(problem, problem.document(detail), 0, null);
    }

    static ProblemException retry(
            Problem problem, @Nullable String detail, long afterSeconds, @Nullable Throwable cause) {
        return new ProblemException(problem, problem.document(detail), afterSeconds, cause);
    }

    static ProblemException conflict(String referralId, String reference) {
        return new ProblemException(
                Problem.CONFLICT,
                Problem.CONFLICT.document(
                        "You sent a message with this id before, and its content was different.",
                        referralId,
                        reference),
                0,
                null);
    }

    /** An order about something that is no longer what its giver saw. */
    static ProblemException changed(String detail, ProblemDocument.Now now) {
        return new ProblemException(Problem.CHANGED, Problem.CHANGED.document(detail, now), 0, null);
    }

    Problem problem() {
        return problem;
    }

    ProblemDocument document() {
        return document;
    }

    /** Seconds for the header Retry-After; 0 for none. */
    long retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
