package org.referralhub.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import org.referralhub.message.Report;

/** A report as the JSON array that parcels and receipts carry: {@code [{severity, code, pointer, line, column, mn, en}]}. */
public final class ReportJson {
    private ReportJson() {}

    /** The findings as an array. */
    public static ArrayNode toArray(Report report) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Reads what {@link #toArray} wrote. */
    public static Report fromArray(JsonNode array) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** The findings as UTF-8 JSON; no bytes for a report without findings, as a parcel wants it. */
    public static byte[] toBytes(Report report) {
        throw new UnsupportedOperationException("not built yet");
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException when the bytes are not a report
     */
    public static Report fromBytes(byte[] bytes) {
        throw new UnsupportedOperationException("not built yet");
    }
}
