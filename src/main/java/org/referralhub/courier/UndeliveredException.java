package org.referralhub.courier;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The agency has not taken a document. Its text and its fields hold codes only; what caused it is not kept, it may quote. */
public final class UndeliveredException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is to be done. */
    public enum Next {
        /** Try it again later. */
        AGAIN,
        /** The agency will never take it. */
        REFUSED,
        /** It has been tried for long enough. */
        GIVEN_UP
    }

    private final String code;
    private final Next next;
    private final transient @Nullable Duration pause;

    private UndeliveredException(String code, Next next, @Nullable Duration pause) {
        super(code);
        this.code = code;
        this.next = next;
        this.pause = pause;
    }

    static UndeliveredException again(String code) {
        return new UndeliveredException(code, Next.AGAIN, null);
    }

    /** @param pause the agency wants to be left alone for so long */
    static UndeliveredException again(String code, Duration pause) {
        return new UndeliveredException(code, Next.AGAIN, pause);
    }

    static UndeliveredException refused(String code) {
        return new UndeliveredException(code, Next.REFUSED, null);
    }

    static UndeliveredException givenUp(String code) {
        return new UndeliveredException(code, Next.GIVEN_UP, null);
    }

    /** Why, for example {@code unreachable} or {@code answer-503}. */
    public String code() {
        return code;
    }

    /** What is to be done. */
    public Next next() {
        return next;
    }

    @Nullable
    Duration pause() {
        return pause;
    }
}
