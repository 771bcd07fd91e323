package org.referralhub.trace;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * What every line of the log says besides its text while one message is in hand: as fields of their own when logs are written
 * as JSON. It belongs to the thread, so whoever begins must end. Opaque ids and codes only.
 */
public final class LogContext {
    /** The reference that people use, {@code RF-XXXX-XXXX-XXXX}. */
    public static final String REFERENCE = "reference";
    /** Id of the agency whose message it is, or that it is for. */
    public static final String AGENCY = "agency";
    /** {@code intake}, {@code ledger}, {@code delivery} or {@code courier}. */
    public static final String STAGE = "stage";
    /** The trace that the message is part of, 32 hexadecimal digits. */
    public static final String TRACE = "traceId";

    private LogContext() {}

    /** From here on this thread works on this message. What is null is left out. */
    public static void begin(
            String stage, @Nullable String agency, @Nullable String reference, @Nullable String trace) {
        MDC.put(STAGE, stage);
        put(AGENCY, agency);
        put(REFERENCE, reference);
        put(TRACE, trace);
    }

    /** The reference is known only now. */
    public static void reference(String reference) {
        MDC.put(REFERENCE, reference);
    }

    /** The message is out of hand. */
    public static void end() {
        MDC.remove(STAGE);
        MDC.remove(AGENCY);
        MDC.remove(REFERENCE);
        MDC.remove(TRACE);
    }

    /** What is said on this thread now. */
    public static Map<String, String> now() {
        Map<String, String> all = MDC.getCopyOfContextMap();
        return all == null ? Map.of() : all;
    }

    private static void put(String name, @Nullable String value) {
        if (value == null) {
            MDC.remove(name);
        } else {
            MDC.put(name, value);
        }
    }
}
