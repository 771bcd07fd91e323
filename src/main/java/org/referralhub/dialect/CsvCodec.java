package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator.Place;

/**
 * CSV as spreadsheets write it: a header, and a message in each row. A file of several is taken apart before it is read, so
 * that every message has its own answer; the tree is that of one row.
 */
final class CsvCodec implements Codec {
    /** Spreadsheets take a file with it for UTF-8, and only such a one. */
    private static final String MARK = "\uFEFF";

    private static final char WRITTEN_DELIMITER = ';';

    private final CsvColumns columns;
    private final JsonCodec.NativeSchema schema;
    /** Of moments that say none; null leaves them so. */
    private final @Nullable ZoneId zone;

    CsvCodec(CsvColumns columns, JsonCodec.NativeSchema schema) {
        this(columns, schema, columns.zone());
    }

    private CsvCodec(CsvColumns columns, JsonCodec.NativeSchema schema, @Nullable ZoneId zone) {
        this.columns = columns;
        this.schema = schema;
        this.zone = zone;
    }

    @Override
    public Codec by(ZoneId clock) {
        return new CsvCodec(columns, schema, clock);
    }

    @Override
    public Codec asWritten() {
        return new CsvCodec(columns, schema, null);
    }

    /** A cell that holds a value, with the column it stands in. */
    private record Filled(CsvColumns.Heading heading, CsvTable.Cell cell, int column) {}

    /** The tree of a row, where its values stand, and what was found on the way. */
    private record Content(ObjectNode tree, Map<String, Filled> cells, List<Finding> findings) {}

    @Override
    public List<Part> parts(byte[] document) {
        CsvTable table = CsvTable.read(document, columns).table();
        if (table == null || table.rows().size() == 1) {
            return List.of(Part.whole(document));
        }
        List<Integer> starts = table.rows().stream().map(CsvTable.Row::start).toList();
        Map<Integer, Place> places = table.places(starts);
        List<Part> parts = new ArrayList<>();
        for (CsvTable.Row row : table.rows()) {
            Place place = places.get(row.start());
            parts.add(new Part(table.alone(row), new Origin(row.number(), place == null ? 1 : place.line())));
        }
        return parts;
    }

    @Override
    public Read read(byte[] document) {
        return open(document).read();
    }

    @Override
    public Map<String, Place> locate(byte[] document, Collection<String> pointers) {
        return open(document).locate(pointers);
    }

    @Override
    public List<Finding> shown(byte[] document, Origin origin, List<Finding> findings) {
        return open(document).shown(origin, findings);
    }

    @Override
    public Opened open(byte[] document) {
        CsvTable.Read file = CsvTable.read(document, columns);
        CsvTable table = file.table();
        return table == null
                ? new Unreadable(file.finding() == null ? List.of() : List.of(file.finding()))
                : new Sheet(table);
    }

    /** A file that is no table. */
    private record Unreadable(List<Finding> why) implements Opened {
        @Override
        public Read read() {
            return new Read(null, why);
        }

        @Override
        public Map<String, Place> locate(Collection<String> pointers) {
            Map<String, Place> located = new HashMap<>();
            pointers.forEach(pointer -> located.put(pointer, new Place(1, 1)));
            return located;
        }

        @Override
        public List<Finding> shown(Origin origin, List<Finding> findings) {
            return findings;
        }
    }

    /** A table; its first row is the message. Every place is looked for in one go, since the file may be long. */
    private final class Sheet implements Opened {
        private final CsvTable table;
        private final CsvTable.Row row;
        private final @Nullable Finding fault;
        private @Nullable Content content;

        Sheet(CsvTable table) {
            this.table = table;
            this.row = table.rows().get(0);
            this.fault = table.rows().size() > 1
                    // Whoever reads a file takes it apart first.
                    ? table.fatal("csv.several-rows", table.rows().get(1).start(), Map.of())
                    : table.fault(row);
        }

        private Content content() {
            Content known = content;
            if (known == null) {
                known = CsvCodec.this.content(table, row);
                content = known;
            }
            return known;
        }

        @Override
        public Read read() {
            Finding obstacle = fault == null ? strayCell(table, row) : fault;
            if (obstacle != null) {
                return new Read(null, List.of(obstacle));
            }
            List<Finding> findings = new ArrayList<>(content().findings());
            findings.addAll(schema.check(content().tree()));
            return new Read(content().tree(), findings);
        }

        @Override
        public Map<String, Place> locate(Collection<String> pointers) {
            Map<String, Filled> cells = content().cells();
            Map<String, Integer> offsets = new HashMap<>();
            for (String pointer : pointers) {
                Filled filled = nearest(cells, pointer);
                offsets.put(
                        pointer, filled == null ? row.start() : filled.cell().offset());
            }
            Map<Integer, Place> places = table.places(offsets.values());
            Map<String, Place> located = new HashMap<>();
            offsets.forEach((pointer, offset) -> located.put(pointer, places.getOrDefault(offset, new Place(1, 1))));
            return located;
        }

        @Override
        public List<Finding> shown(Origin origin, List<Finding> findings) {
            if (findings.isEmpty()) {
                return findings;
            }
            Place start = table.places(List.of(row.start())).getOrDefault(row.start(), new Place(1, 1));
            Map<String, Filled> cells = fault == null ? content().cells() : Map.of();
            Map<Place, Integer> byPlace = CsvCodec.places(table, row, findings);
            int number = origin.isPart() ? origin.row() : row.number();
            int moved = origin.isPart() ? origin.line() - start.line() : 0;
            List<Finding> shown = new ArrayList<>();
            for (Finding finding : findings) {
                Integer at = finding.code().startsWith("csv.")
                        ? byPlace.get(new Place(finding.line(), finding.column()))
                        : null;
                Text message = named(finding, number, cells, at);
                int line = finding.line() < start.line() ? finding.line() : finding.line() + moved;
                shown.add(new Finding(
                        finding.severity(), finding.code(), finding.pointer(), line, finding.column(), message));
            }
            return shown;
        }
    }

    /** A value outside the columns: most likely a delimiter without quotes, and then all behind it stands in the wrong one. */
    private static @Nullable Finding strayCell(CsvTable table, CsvTable.Row row) {
        List<CsvTable.Cell> header = table.header().cells();
        for (int i = 0; i < row.cells().size(); i++) {
            CsvTable.Cell cell = row.cells().get(i);
            if (!cell.isBlank() && (i >= header.size() || header.get(i).isBlank())) {
                return table.fatal("csv.stray-cell", cell.offset(), Map.of());
            }
        }
        return null;
    }

    private Content content(CsvTable table, CsvTable.Row row) {
        List<Filled> filled = new ArrayList<>();
        List<Filled> blank = new ArrayList<>();
        Map<Integer, CsvColumns.@Nullable Heading> unknown = new TreeMap<>();
        for (int i = 0; i < table.header().cells().size(); i++) {
            CsvColumns.Heading heading =
                    columns.heading(table.header().cells().get(i).text());
            CsvTable.Cell cell = i < row.cells().size() ? row.cells().get(i) : null;
            if (heading == null) {
                if (cell != null && !cell.isBlank() && unknown.size() < Findings.MAX_PER_CHECK) {
                    unknown.put(
                            cell.offset(),
                            columns.meant(table.header().cells().get(i).text()));
                }
            } else if (cell != null) {
                (cell.isBlank() ? blank : filled).add(new Filled(heading, cell, i));
            }
        }
        Content content = new Content(JsonNodeFactory.instance.objectNode(), new HashMap<>(), new ArrayList<>());
        fill(filled, content);
        blank.forEach(one -> content.cells()
                .putIfAbsent(one.heading().column().pointer(one.heading().number() - 1), one));
        Map<Integer, Place> places = table.places(unknown.keySet());
        unknown.forEach((offset, meant) -> {
            Place place = places.getOrDefault(offset, new Place(1, 1));
            // A slip of the pen must not lose what matters, such as who may not know of it.
            Finding finding = meant == null
                    ? Findings.of(Severity.WARNING, "csv.unknown-column", "")
                    : Findings.of(
                            Severity.ERROR,
                            "csv.misspelt-column",
                            meant.column().pointer(meant.number() - 1),
                            Map.of("column", meant.title()));
            content.findings().add(finding.at(finding.pointer(), place.line(), place.column()));
        });
        return content;
    }

    /** Entries of a list close ranks: numbers that are left out in the header leave no gaps. */
    private void fill(List<Filled> filled, Content content) {
        Map<String, TreeSet<Integer>> numbers = new TreeMap<>();
        filled.stream().filter(one -> one.heading().column().isNumbered()).forEach(one -> numbers.computeIfAbsent(
                        one.heading().column().list(), list -> new TreeSet<>())
                .add(one.heading().number()));
        List<Filled> ordered = new ArrayList<>(filled);
        ordered.sort((a, b) -> Integer.compare(a.heading().number(), b.heading().number()));
        for (Filled one : ordered) {
            CsvColumns.Column column = one.heading().column();
            TreeSet<Integer> entries = numbers.get(column.list());
            int index = entries == null
                    ? 0
                    : entries.headSet(one.heading().number()).size();
            String pointer = column.pointer(index);
            CsvValues.Value value = column.values().read(one.cell().text(), zone);
            CsvColumns.put(content.tree(), pointer, value.value());
            content.cells().put(pointer, one);
            if (value.fault() != null) {
                content.findings().add(Findings.of(Severity.ERROR, value.fault(), pointer));
            }
        }
    }

    /** The cell of a value, of the list cell that it is in, or of something inside it. */
    private static @Nullable Filled nearest(Map<String, Filled> cells, String pointer) {
        for (String at = pointer; !at.isEmpty(); at = Tree.parent(at)) {
            Filled filled = cells.get(at);
            if (filled != null) {
                return filled;
            }
        }
        return pointer.isEmpty()
                ? null
                : cells.entrySet().stream()
                        .filter(cell -> Tree.isWithin(cell.getKey(), pointer))
                        .map(Map.Entry::getValue)
                        .min((a, b) ->
                                Integer.compare(a.cell().offset(), b.cell().offset()))
                        .orElse(null);
    }

    /** Which column stands where, for findings on cells that are no field. */
    private static Map<Place, Integer> places(CsvTable table, CsvTable.Row row, List<Finding> findings) {
        Map<Place, Integer> columns = new HashMap<>();
        if (findings.stream().anyMatch(finding -> finding.pointer().isEmpty())) {
            Map<Integer, Place> places =
                    table.places(row.cells().stream().map(CsvTable.Cell::offset).toList());
            for (int i = 0; i < row.cells().size(); i++) {
                Place place = places.get(row.cells().get(i).offset());
                if (place != null) {
                    columns.put(place, i);
                }
            }
        }
        return columns;
    }

    /** The finding's text with the row and the header's name, which is what a person at a spreadsheet can look for. */
    private Text named(Finding finding, int row, Map<String, Filled> cells, @Nullable Integer at) {
        Filled filled = nearest(cells, finding.pointer());
        CsvColumns.Column column = filled == null
                ? columns.of(finding.pointer())
                : filled.heading().column();
        Text title = filled != null
                ? filled.heading().title()
                : column != null ? new CsvColumns.Heading(column, 1).title() : null;
        String letters = filled != null ? letters(filled.column()) : at != null ? letters(at) : "";
        Text form = Findings.word(
                title == null
                        ? (letters.isEmpty() ? "csv.row" : "csv.place")
                        : (letters.isEmpty() ? "csv.column" : "csv.cell"));
        return new Text(
                filled(form.mn(), row, letters, title == null ? "" : title.mn())
                        + finding.message().mn(),
                filled(form.en(), row, letters, title == null ? "" : title.en())
                        + finding.message().en());
    }

    private static String filled(String form, int row, String letters, String title) {
        return form.replace("{row}", Integer.toString(row))
                        .replace("{letters}", letters)
                        .replace("{title}", title)
                + " ";
    }

    /** The name that a spreadsheet gives a column: A to Z, AA and so on. */
    private static String letters(int column) {
        StringBuilder letters = new StringBuilder();
        for (int rest = column; rest >= 0; rest = rest / 26 - 1) {
            letters.insert(0, (char) ('A' + rest % 26));
        }
        return letters.toString();
    }

    @Override
    public Written write(JsonNode tree) {
        List<String> missing = new ArrayList<>();
        List<CsvColumns.Written> values = columns.values(tree, missing);
        List<Finding> findings = new ArrayList<>(schema.check(tree));
        missing.forEach(pointer -> findings.add(Findings.of(Severity.ERROR, "csv.no-column", pointer)));
        StringWriter text = new StringWriter();
        text.write(MARK);
        // Every cell has quotes, so that a comma in one is no delimiter to a spreadsheet that expects commas.
        try (CsvWriter csv = CsvWriter.builder()
                .fieldSeparator(WRITTEN_DELIMITER)
                .quoteStrategy(QuoteStrategies.ALWAYS)
                .lineDelimiter(LineDelimiter.CRLF)
                .build(text)) {
            csv.writeRecord(values.stream()
                    .map(value -> value.heading()
                            .numbered(value.heading().column().title().mn()))
                    .toList());
            csv.writeRecord(values.stream()
                    .map(value -> value.heading().column().values().write(value.value()))
                    .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Written(text.toString().getBytes(StandardCharsets.UTF_8), findings);
    }
}
