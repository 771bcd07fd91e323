package org.referralhub.bench;

import org.jspecify.annotations.Nullable;

/** The run is worth nothing: something was lost, came twice or failed. */
final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchException(String message) {
        super(message);
    }

    BenchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
