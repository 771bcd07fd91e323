package org.referralhub.dialect;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator.Place;
import org.referralhub.validation.StrictJson;

/**
 * A spreadsheet's file as rows of cells, each with its place. FastCSV reads it; where its records begin is the only thing
 * that is added here, so that a fault in one row is told with its place and does not stop the others.
 */
final class CsvTable {
    /** More columns than any honest file has; also what a row is read to. */
    static final int MOST_COLUMNS = 1_000;
    /** Characters. The header is repeated with each row of a file that is taken apart, so that it has a bound of its own. */
    static final int LONGEST_HEADER = 32_768;

    private static final Pattern DELIMITER_LINE = Pattern.compile("\"?(?i:sep)=(.)\"?\\r?\\n");
    private static final String DELIMITERS = ";,\t";

    /**
     * One cell.
     *
     * @param text what it says, without quotes
     * @param offset where it begins, with its quote
     */
    record Cell(String text, int offset) {
        boolean isBlank() {
            return text.isBlank();
        }
    }

    /**
     * One row that is not blank.
     *
     * @param number as a spreadsheet counts rows, from 1
     * @param start offset of its first character
     * @param end offset behind its last one and behind blank rows that follow
     */
    record Row(int number, int start, int end, List<Cell> cells) {}

    /** Stands for every row without a value. */
    private static final Row BLANK = new Row(0, 0, 0, List.of());

    /** What reading gave: a table, or why there is none. */
    record Read(@Nullable CsvTable table, @Nullable Finding finding) {}

    private final String text;
    private final boolean marked;
    private final char delimiter;
    private final Row header;
    private final List<Row> rows;

    private CsvTable(String text, boolean marked, char delimiter, Row header, List<Row> rows) {
        this.text = text;
        this.marked = marked;
        this.delimiter = delimiter;
        this.header = header;
        this.rows = rows;
    }

    /**
     * Reads a file.
     *
     * @param columns which headers there are; they tell what the delimiter is
     */
    static Read read(byte[] document, CsvColumns columns) {
        if (document.length > StrictJson.MAX_BYTES) {
            return refused("csv.too-large", 1, 1, Map.of("limit", StrictJson.MAX_BYTES));
        }
        String foreign = foreign(document);
        if (foreign != null) {
            return refused(foreign, 1, 1, Map.of());
        }
        boolean marked = document.length >= 3
                && (document[0] & 0xFF) == 0xEF
                && (document[1] & 0xFF) == 0xBB
                && (document[2] & 0xFF) == 0xBF;
        int skipped = marked ? 3 : 0;
        String sound = XmlText.sound(document, skipped);
        if (sound.length()
                < new String(document, skipped, document.length - skipped, StandardCharsets.UTF_8).length()) {
            Place place = XmlText.place(sound, sound.length());
            return refused("csv.utf8", place.line(), place.column(), Map.of());
        }
        return read(sound, marked, columns);
    }

    private static Read read(String text, boolean marked, CsvColumns columns) {
        Matcher line = DELIMITER_LINE.matcher(text);
        int start = 0;
        char delimiter;
        if (line.lookingAt()) {
            delimiter = line.group(1).charAt(0);
            start = line.end();
            if ((DELIMITERS + "|").indexOf(delimiter) < 0) {
                return refused("csv.delimiter", 1, line.start(1) + 1, Map.of());
            }
        } else {
            delimiter = delimiter(text, columns);
        }
        Records records = new Records(text, start);
        List<Row> found = new ArrayList<>();
        for (Row row : records.all(delimiter)) {
            if (!found.isEmpty()) {
                // Blank rows between two belong to the former.
                int last = found.size() - 1;
                found.set(last, ended(found.get(last), row.start()));
            }
            if (found.size() > columns.mostRows() + 1) {
                break;
            }
            found.add(row);
        }
        if (found.isEmpty()) {
            return refused("csv.header", 1, 1, Map.of());
        }
        Row header = ended(found.get(0), endOfRow(text, found.get(0)));
        CsvTable table = new CsvTable(text, marked, delimiter, header, List.copyOf(found.subList(1, found.size())));
        Finding fault = table.fault(columns);
        return fault == null ? new Read(table, null) : new Read(null, fault);
    }

    private static Row ended(Row row, int end) {
        return new Row(row.number(), row.start(), end, row.cells());
    }

    /** Where the row itself ends, with its line break; blank rows may follow. */
    private static int endOfRow(String text, Row row) {
        int last = row.cells().get(row.cells().size() - 1).offset();
        boolean quoted = false;
        for (int i = last; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && (quoted || i == last)) {
                quoted = !quoted;
            } else if (!quoted && (c == '\n' || c == '\r')) {
                return c == '\r' && text.startsWith("\n", i + 1) ? i + 2 : i + 1;
            }
        }
        return text.length();
    }

    /** What is wrong with the file as a whole. */
    private @Nullable Finding fault(CsvColumns columns) {
        if (header.cells().size() > MOST_COLUMNS || header.end() - header.start() > LONGEST_HEADER) {
            return fatal("csv.too-many-columns", header.start(), Map.of("limit", MOST_COLUMNS));
        }
        if (header.cells().stream().noneMatch(cell -> columns.heading(cell.text()) != null)) {
            return fatal("csv.header", header.start(), Map.of());
        }
        TreeSet<String> seen = new TreeSet<>();
        for (Cell cell : header.cells()) {
            CsvColumns.Heading heading = columns.heading(cell.text());
            if (heading != null && !seen.add(heading.key())) {
                return fatal("csv.column-twice", cell.offset(), Map.of("column", heading.title()));
            }
        }
        if (rows.isEmpty()) {
            return fatal("csv.no-rows", header.end(), Map.of());
        }
        return rows.size() > columns.mostRows()
                ? fatal("csv.too-many-rows", rows.get(columns.mostRows()).start(), Map.of("limit", columns.mostRows()))
                : null;
    }

    /** A finding that stops the reading, with its place. */
    Finding fatal(String code, int offset, Map<String, ?> arguments) {
        Place place = places(List.of(offset)).get(offset);
        Finding finding = Findings.of(Severity.FATAL, code, "", arguments);
        return place == null ? finding : finding.at("", place.line(), place.column());
    }

    private static Read refused(String code, int line, int column, Map<String, ?> arguments) {
        return new Read(null, Findings.of(Severity.FATAL, code, "", arguments).at("", line, column));
    }

    /** What other kind of file this is, as the code of its finding; null when it may be text in UTF-8. */
    private static @Nullable String foreign(byte[] document) {
        int first = document.length < 2 ? 0 : (document[0] & 0xFF) << 8 | (document[1] & 0xFF);
        // A workbook is a ZIP archive, and was an OLE one.
        if (first == 0x504B || first == 0xD0CF) {
            return "csv.workbook";
        }
        boolean marked = first == 0xFEFF || first == 0xFFFE;
        boolean halved = document.length >= 2 && (document[0] == 0) != (document[1] == 0);
        return marked || halved ? "csv.utf16" : null;
    }

    /** The one that makes most headers known; among equals the first. */
    private static char delimiter(String text, CsvColumns columns) {
        char best = DELIMITERS.charAt(0);
        long most = 0;
        String head = head(text);
        for (char candidate : DELIMITERS.toCharArray()) {
            for (Row row : new Records(head, 0).all(candidate)) {
                long known = row.cells().stream()
                        .filter(cell -> columns.heading(cell.text()) != null)
                        .count();
                if (known > most) {
                    most = known;
                    best = candidate;
                }
                break;
            }
        }
        return best;
    }

    /** As much of the text as a header may have, from the first line that says something: three readings of more are dear. */
    private static String head(String text) {
        int begin = 0;
        for (int i = 0; i < text.length() && (text.charAt(i) <= ' ' || DELIMITERS.indexOf(text.charAt(i)) >= 0); i++) {
            if (text.charAt(i) == '\n' || text.charAt(i) == '\r') {
                begin = i + 1;
            }
        }
        return text.substring(begin, Math.min(text.length(), begin + LONGEST_HEADER + 1));
    }

    Row header() {
        return header;
    }

    List<Row> rows() {
        return rows;
    }

    /** A file of the header and this row alone. */
    byte[] alone(Row row) {
        String head = text.substring(0, header.end());
        String line = head.endsWith("\n") || head.endsWith("\r") ? "" : "\n";
        return ((marked ? "\uFEFF" : "") + head + line + text.substring(row.start(), row.end()))
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * What is wrong with the quotes of a row, at the cell where it begins; null when nothing is. Records are found by a
     * forgiving reader, so that one row's fault is not the others'; here the strict one has its say.
     */
    @Nullable
    Finding fault(Row row) {
        String record = text.substring(row.start(), row.end());
        if (record.indexOf('"') < 0) {
            return null;
        }
        for (boolean unclosed : new boolean[] {true, false}) {
            Handler handler = new Handler(record, row.start());
            try {
                CsvReader.builder()
                        .fieldSeparator(delimiter)
                        .allowUnclosedQuote(unclosed)
                        .ofSingleCsvRecord(handler, record);
            } catch (CsvParseException e) {
                // Its text may quote the row, so it is not kept as a cause.
                int at = Math.min(handler.cells.size(), row.cells().size() - 1);
                return fatal(
                        unclosed ? "csv.after-quote" : "csv.unclosed-quote",
                        row.cells().get(at).offset(),
                        Map.of());
            }
        }
        return null;
    }

    /** The place of each offset; a column is a character, so that a surrogate pair counts once. */
    Map<Integer, Place> places(Collection<Integer> offsets) {
        Map<Integer, Place> places = new HashMap<>();
        int line = 1;
        int start = 0;
        int at = 0;
        for (int offset : new TreeSet<>(offsets)) {
            for (int end = Math.min(offset, text.length()); at < end; at++) {
                char c = text.charAt(at);
                if (c == '\n' || (c == '\r' && !(at + 1 < text.length() && text.charAt(at + 1) == '\n'))) {
                    line++;
                    start = at + 1;
                }
            }
            places.put(offset, new Place(line, text.codePointCount(start, Math.max(start, at)) + 1));
        }
        return places;
    }

    /** Reads records with their places. */
    private static final class Records {
        private final String text;
        private final int start;

        Records(String text, int start) {
            this.text = text;
            this.start = start;
        }

        /** The rows that are not blank, read as they are asked for. */
        @SuppressWarnings(
                "deprecation") // What follows a closing quote is refused in its own row, by the strict reader.
        Iterable<Row> all(char delimiter) {
            CsvReader<Row> reader = CsvReader.builder()
                    .fieldSeparator(delimiter)
                    .skipEmptyLines(false)
                    .allowExtraFields(true)
                    .allowMissingFields(true)
                    .allowExtraCharsAfterClosingQuote(true)
                    .allowUnclosedQuote(true)
                    .build(new Handler(text, start), text.substring(start));
            return () -> reader.stream().filter(row -> row != BLANK).iterator();
        }
    }

    /**
     * Keeps a record's cells and where they begin. FastCSV hands over its buffer, and that of a text is the whole text, so that
     * a place in it is a place in the text.
     */
    private static final class Handler extends AbstractBaseCsvCallbackHandler<Row> {
        private final String text;
        private final int start;
        private List<Cell> cells = new ArrayList<>();
        private boolean blank = true;
        private int number;

        Handler(String text, int start) {
            this.text = text;
            this.start = start;
        }

        @Override
        protected void handleBegin(long line) {
            if (!cells.isEmpty()) {
                cells = new ArrayList<>();
            }
            blank = true;
            number++;
        }

        @Override
        protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
            if (index <= MOST_COLUMNS) {
                // The empty cell behind the last delimiter of the text has no place of its own in the buffer.
                int at = offset == 0 && length == 0 && index > 0 ? text.length() : start + offset - (quoted ? 1 : 0);
                Cell cell = new Cell(length == 0 ? "" : new String(buffer, offset, length), at);
                cells.add(cell);
                blank &= cell.isBlank();
            }
        }

        @Override
        protected Row buildRecord() {
            return blank ? BLANK : new Row(number, cells.get(0).offset(), text.length(), cells);
        }
    }
}
