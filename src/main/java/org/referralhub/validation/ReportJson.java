package org.referralhub.validation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;

/** A report as the JSON array that parcels and receipts carry: {@code [{severity, code, pointer, line, column, mn, en}]}. */
public final class ReportJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] NOTHING = {};

    private ReportJson() {}

    /** The findings as an array. */
    public static ArrayNode toArray(Report report) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Finding finding : report.findings()) {
            array.addObject()
                    .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
                    .put("code", finding.code())
                    .put("pointer", finding.pointer())
                    .put("line", finding.line())
                    .put("column", finding.column())
                    .put("mn", finding.message().mn())
                    .put("en", finding.message().en());
        }
        return array;
    }

    /**
     * Reads what {@link #toArray} wrote.
     *
     * @throws IllegalArgumentException when it is not a report
     */
    public static Report fromArray(JsonNode array) {
        if (!array.isArray()) {
            throw new IllegalArgumentException("not a report");
        }
        List<Finding> findings = new ArrayList<>();
        for (JsonNode item : array) {
            findings.add(new Finding(
                    severity(item.path("severity").asText()),
                    item.path("code").asText(),
                    item.path("pointer").asText(),
                    item.path("line").asInt(),
                    item.path("column").asInt(),
                    new Text(item.path("mn").asText(), item.path("en").asText())));
        }
        return new Report(findings);
    }

    private static Severity severity(String written) {
        for (Severity severity : Severity.values()) {
            if (severity.name().toLowerCase(Locale.ROOT).equals(written)) {
                return severity;
            }
        }
        throw new IllegalArgumentException("not a report");
    }

    /** The findings as UTF-8 JSON; no bytes for a report without findings, as a parcel wants it. */
    public static byte[] toBytes(Report report) {
        if (report.findings().isEmpty()) {
            return NOTHING;
        }
        try {
            return MAPPER.writeValueAsBytes(toArray(report));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IllegalArgumentException when the bytes are not a report
     */
    public static Report fromBytes(byte[] bytes) {
        if (bytes.length == 0) {
            return Report.CLEAN;
        }
        try {
            return fromArray(MAPPER.readTree(bytes));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a report");
        }
    }
}
