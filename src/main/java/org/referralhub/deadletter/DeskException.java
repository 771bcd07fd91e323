package org.referralhub.deadletter;

/** The desk can't do what it was asked now; asking again later may help. */
public final class DeskException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DeskException(String message, Throwable cause) {
        super(message, cause);
    }
}
