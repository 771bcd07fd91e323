package org.referralhub.disclosure;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.MessageType;

/** Reads {@code config/disclosure.csv}. Whatever is wrong is a fault with its line; what it concerns is disclosed to nobody. */
final class MatrixFile {
    private static final String GROUP = "field_group";
    private static final String GROUP_MN = "field_group_mn";
    private static final String FIELDS = "fields";
    private static final Map<String, Access> LETTERS = Map.of(
            "F", Access.FULL,
            "L", Access.LIMITED,
            "C", Access.CONDITIONAL,
            "N", Access.NEVER,
            "E", Access.ENFORCED);

    private final Path file;
    private final String shown;
    private final Faults faults;
    private final Map<String, Integer> seen = new HashMap<>();

    private MatrixFile(Path file, Faults faults) {
        this.file = file;
        this.shown = "config/" + file.getFileName();
        this.faults = faults;
    }

    static Matrix read(Path file, Faults faults) {
        return new MatrixFile(file, faults).read();
    }

    private Matrix read() {
        List<CsvRecord> records = new ArrayList<>();
        try (CsvReader<CsvRecord> csv = CsvReader.builder().ofCsvRecord(file)) {
            csv.forEach(records::add);
        } catch (IOException | UncheckedIOException e) {
            faults.add(
                    shown, 0, 0, "cannot be read", "Put the disclosure matrix there; without it nothing is disclosed");
            return new Matrix(List.of());
        } catch (CsvParseException e) {
            faults.add(shown, records.size() + 1, 0, "not CSV from here on", "Close every quote that is opened");
            return new Matrix(List.of());
        }
        if (records.isEmpty()) {
            faults.add(shown, 1, 0, "the file is empty", "Put the disclosure matrix there");
            return new Matrix(List.of());
        }
        List<String> columns = records.get(0).getFields();
        if (!columnsAreRight(columns)) {
            return new Matrix(List.of());
        }
        List<Matrix.Row> rows = new ArrayList<>();
        for (CsvRecord csvRecord : records.subList(1, records.size())) {
            row(csvRecord, columns).ifPresent(rows::add);
        }
        if (rows.stream().noneMatch(row -> row.group().equals(Matrix.ROUTING))) {
            faults.add(shown, 1, 0, "no group " + Matrix.ROUTING, "Add it; without it no message can be delivered");
        }
        return new Matrix(rows);
    }

    private boolean columnsAreRight(List<String> columns) {
        int before = faults.all().size();
        for (AgencyKind kind : AgencyKind.values()) {
            if (!columns.contains(kind.name())) {
                faults.add(shown, 1, 0, "no column " + kind, "Add a column for that kind of agency");
            }
        }
        for (String column : List.of(GROUP, GROUP_MN, FIELDS)) {
            if (!columns.contains(column)) {
                faults.add(shown, 1, 0, "no column " + column, "Add it");
            }
        }
        for (String column : columns) {
            if (!List.of(GROUP, GROUP_MN, FIELDS).contains(column) && kind(column) == null) {
                faults.add(shown, 1, 0, "unknown column " + column, "Columns are kinds of agency, in capitals");
            }
        }
        if (columns.stream().distinct().count() < columns.size()) {
            faults.add(shown, 1, 0, "a column stands there twice", "Keep one of each");
        }
        return faults.all().size() == before;
    }

    private Optional<Matrix.Row> row(CsvRecord csvRecord, List<String> columns) {
        int line = (int) csvRecord.getStartingLineNumber();
        if (csvRecord.getFieldCount() != columns.size()) {
            faults.add(
                    shown,
                    line,
                    0,
                    csvRecord.getFieldCount() + " cells where there are " + columns.size() + " columns",
                    "Quote cells that hold a comma");
            return Optional.empty();
        }
        Map<AgencyKind, Access> access = new EnumMap<>(AgencyKind.class);
        String group = "";
        String groupMn = "";
        List<Field> fields = List.of();
        for (int i = 0; i < columns.size(); i++) {
            String cell = csvRecord.getField(i);
            AgencyKind kind = kind(columns.get(i));
            if (kind != null) {
                access.put(kind, access(cell, line, columns.get(i)));
            } else if (columns.get(i).equals(GROUP)) {
                group = cell;
            } else if (columns.get(i).equals(GROUP_MN)) {
                groupMn = cell.strip();
            } else {
                fields = fields(cell, line);
            }
        }
        if (groupMn.isEmpty()) {
            faults.add(
                    shown,
                    line,
                    0,
                    "group " + group + " has no name in column " + GROUP_MN,
                    "Write its Mongolian name; senders read in it what was withheld");
        }
        return Optional.of(new Matrix.Row(group, groupMn, access, fields));
    }

    private Access access(String letter, int line, String column) {
        Access access = LETTERS.get(letter.strip());
        if (access == null) {
            faults.add(
                    shown, line, 0, "column " + column + " holds neither F, L, C, N nor E", "Use one of these letters");
            return Access.NEVER;
        }
        return access;
    }

    private List<Field> fields(String cell, int line) {
        List<Field> fields = new ArrayList<>();
        for (String token : cell.strip().split("\\s+")) {
            if (!token.isEmpty()) {
                field(token, line).ifPresent(fields::add);
            }
        }
        return fields;
    }

    private Optional<Field> field(String token, int line) {
        int colon = token.indexOf(':');
        String pointer = colon < 0 ? token : token.substring(0, colon);
        String reduction = colon < 0 ? "drop" : token.substring(colon + 1);
        Optional<Reduction> limited = Reduction.named(reduction);
        if (limited.isEmpty()) {
            faults.add(
                    shown,
                    line,
                    0,
                    "unknown reduction " + reduction,
                    "Use keep, drop, notice, year, initials, last-four or only(A|B)else(C)");
            return Optional.empty();
        }
        Integer earlier = seen.putIfAbsent(pointer, line);
        if (earlier != null) {
            faults.add(shown, line, 0, pointer + " stands in line " + earlier + " already", "Keep it in one group");
            return Optional.empty();
        }
        int slash = pointer.indexOf('/');
        MessageType type = slash <= 0 ? null : type(pointer.substring(0, slash));
        List<String> path = slash < 0
                ? List.of()
                : Arrays.asList(pointer.substring(slash + 1).split("/", -1));
        if (path.isEmpty() || path.contains("") || path.get(0).equals("*") || (slash > 0 && type == null)) {
            faults.add(
                    shown,
                    line,
                    0,
                    pointer + " is not a field",
                    "Write /name for a field of the envelope, or TYPE/path/to/field with * for each item of a list");
            return Optional.empty();
        }
        return Optional.of(new Field(type, path, limited.get()));
    }

    private static @Nullable MessageType type(String name) {
        return Arrays.stream(MessageType.values())
                .filter(type -> type.name().equals(name))
                .findAny()
                .orElse(null);
    }

    private static @Nullable AgencyKind kind(String name) {
        return Arrays.stream(AgencyKind.values())
                .filter(kind -> kind.name().equals(name))
                .findAny()
                .orElse(null);
    }
}
