package org.referralhub.console;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;

/**
 * A table for a spreadsheet, with the mark by which spreadsheets know UTF-8. A value that they would take for a formula gets an
 * apostrophe in front: what an agency has sent must not run on an operator's machine. Programs ask the API, where values stand
 * as they are.
 */
final class Sheet {
    private static final String FORMULA = "=+-@\t\r";

    private final StringWriter text = new StringWriter();
    private final CsvWriter csv;

    Sheet(String... head) {
        this(List.of(head));
    }

    Sheet(Collection<String> head) {
        text.write('\uFEFF');
        csv = CsvWriter.builder().lineDelimiter(LineDelimiter.CRLF).build(text);
        csv.writeRecord(head);
    }

    void row(@Nullable String... values) {
        row(Arrays.asList(values));
    }

    void row(List<@Nullable String> values) {
        csv.writeRecord(values.stream().map(Sheet::harmless).toList());
    }

    /** The value as a spreadsheet may have it. */
    static String harmless(@Nullable String value) {
        if (value == null || value.isEmpty()) {
            return "";
        }
        return FORMULA.indexOf(value.charAt(0)) < 0 ? value : "'" + value;
    }

    /** Sends it whole, so that no page that fails in its middle ends as a table that looks complete. */
    void send(HttpServletResponse response, String name) throws IOException {
        csv.close();
        byte[] table = text.toString().getBytes(StandardCharsets.UTF_8);
        response.setContentType("text/csv");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment().filename(name).build().toString());
        response.setContentLength(table.length);
        response.getOutputStream().write(table);
    }
}
