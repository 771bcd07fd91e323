package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.Located;
import org.referralhub.message.Text;

/** Reads what {@code dialect.yaml} says of the columns of a spreadsheet's file. */
final class CsvFile {
    private static final int MOST_ROWS = 200;

    private final Located file;
    private final CodeLists codeLists;
    private final Faults faults;
    private final Set<String> fields = new HashSet<>();
    private final Map<String, String> titles = new HashMap<>();
    private boolean sound = true;

    private CsvFile(Located file, CodeLists codeLists, Faults faults) {
        this.file = file;
        this.codeLists = codeLists;
        this.faults = faults;
    }

    /** The columns; nothing when something is wrong with them, which then is among the faults. */
    static Optional<CsvColumns> columns(Located file, CodeLists codeLists, Faults faults) {
        return new CsvFile(file, codeLists, faults).read();
    }

    private Optional<CsvColumns> read() {
        JsonNode csv = file.tree().path("csv");
        ZoneId zone = ZoneId.of("UTC");
        try {
            zone = ZoneId.of(csv.path("zone").asText());
        } catch (DateTimeException e) {
            fault("/csv/zone", "there is no such time zone", "name one like Asia/Ulaanbaatar");
        }
        List<CsvColumns.Column> columns = new ArrayList<>();
        for (int i = 0; i < csv.path("columns").size(); i++) {
            columns.add(column(csv.path("columns").path(i), "/csv/columns/" + i));
        }
        return sound
                ? Optional.of(new CsvColumns(columns, csv.path("mostRows").asInt(MOST_ROWS), zone))
                : Optional.empty();
    }

    private CsvColumns.Column column(JsonNode told, String pointer) {
        String field = told.path("field").asText();
        if (!fields.add(field)) {
            fault(pointer + "/field", "another column is this field already", "give each field one column");
        }
        List<String> also = new ArrayList<>();
        told.path("also").forEach(title -> also.add(title.asText()));
        CsvValues.Kind kind = CsvValues.Kind.valueOf(
                told.path("as").asText("text").toUpperCase(Locale.ROOT).replace('-', '_'));
        boolean list = told.path("list").asBoolean();
        Map<String, Text> words = words(told, pointer);
        if (list && words.isEmpty()) {
            fault(
                    pointer + "/list",
                    "free text can't be told apart in one cell",
                    "give it codes or words, or a * in field");
        }
        CsvColumns.Column column = new CsvColumns.Column(
                field,
                new Text(told.path("mn").asText(), told.path("en").asText()),
                also,
                new CsvValues(kind, words, list));
        boolean numbered =
                column.title().mn().contains("#") && column.title().en().contains("#");
        if (numbered != column.isNumbered()) {
            fault(
                    pointer,
                    "a * in field and a # in both headers belong together",
                    "write field: children/*/name with the header Child # name");
        }
        for (String title : CsvColumns.titles(column)) {
            String other = titles.putIfAbsent(title, field);
            if (other != null && !other.equals(field)) {
                fault(pointer, "the header \"" + title + "\" means " + other + " already", "give each column its own");
            }
        }
        return column;
    }

    private Map<String, Text> words(JsonNode told, String pointer) {
        Map<String, Text> words = new LinkedHashMap<>();
        if (told.has("codes")) {
            String list = told.path("codes").asText();
            if (!codeLists.names().contains(list)) {
                fault(pointer + "/codes", "there is no such code list", "name one of config/code-lists.json");
            }
            codeLists.codes(list).forEach(code -> words.put(code, codeLists.label(list, code)));
        }
        told.path("words")
                .properties()
                .forEach(word -> words.put(
                        word.getKey(),
                        new Text(
                                word.getValue().path("mn").asText(),
                                word.getValue().path("en").asText())));
        return words;
    }

    private void fault(String pointer, String problem, String remedy) {
        sound = false;
        faults.add(file.fault(pointer, problem, remedy));
    }
}
