package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/** How the cells of a column are read and written: what people and spreadsheets put there as what a message holds, and back. */
final class CsvValues {
    /** What a column holds; the names in {@code dialect.yaml} are in small letters. */
    enum Kind {
        /** Taken as it is. */
        TEXT,
        /** A number that is a name, of a telephone or a place; spreadsheets add ".0" to it. */
        DIGITS,
        /** A whole number. */
        NUMBER,
        /** A year, a month, a day, or a moment; the year comes first. */
        DATE,
        /** Time of day. */
        TIME,
        /** Yes or no. */
        YES_NO
    }

    /** What reading a cell gave, with the code of the finding that it deserves, if any. */
    record Value(JsonNode value, @Nullable String fault) {}

    private static final Set<String> YES = Set.of("тийм", "yes", "true", "үнэн", "1", "y", "т");
    private static final Set<String> NO = Set.of("үгүй", "no", "false", "худал", "0", "n", "ү");
    private static final Text YES_WORD = new Text("Тийм", "Yes");
    private static final Text NO_WORD = new Text("Үгүй", "No");

    private static final Pattern WHOLE = Pattern.compile("(-?[0-9]{1,9})([.,]0+)?");
    private static final Pattern DIGITS_WITH_FRACTION = Pattern.compile("([0-9]+)[.,]0+");
    private static final Pattern YEAR = Pattern.compile("([0-9]{4})(?:[.,]0)?");
    private static final Pattern DATE = Pattern.compile("([0-9]{4})[./-]([0-9]{1,2})(?:[./-]([0-9]{1,2}))?\\.?"
            + "(?:[T ]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})([.][0-9]{1,9})?)?[ ]?(Z|[+-][0-9]{2}:[0-9]{2})?)?");
    private static final Pattern CLOCK = Pattern.compile("([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?");
    private static final Pattern BETWEEN = Pattern.compile("[;\\n\\r]+");
    /** Of a list in one cell. */
    private static final int MOST_ENTRIES = 100;
    /** Text that is longer is no date, time or number. */
    private static final int LONGEST_FIGURE = 60;

    /** What a spreadsheet takes for the beginning of a formula, as OWASP lists it, and an apostrophe of the text's own. */
    private static final String FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20'";

    private final Kind kind;
    private final boolean list;
    /** What is read, as words are compared, to what a message holds. */
    private final Map<String, String> meanings = new HashMap<>();
    /** What a message holds to what is written. */
    private final Map<String, String> words = new HashMap<>();

    /**
     * @param words what a message holds, to the words that stand for it; empty when it is written as it is
     * @param list true when a cell holds several of them
     */
    CsvValues(Kind kind, Map<String, Text> words, boolean list) {
        this.kind = kind;
        this.list = list;
        words.forEach((code, word) -> {
            meanings.putIfAbsent(CsvColumns.plain(word.mn()), code);
            meanings.putIfAbsent(CsvColumns.plain(word.en()), code);
        });
        // A code means itself, whatever words there are.
        words.keySet().forEach(code -> meanings.put(CsvColumns.plain(code), code));
        words.forEach((code, word) -> this.words.put(code, readsAs(word.mn(), code) ? word.mn() : code));
    }

    private boolean readsAs(String word, String code) {
        return code.equals(meanings.get(CsvColumns.plain(word)))
                && !BETWEEN.matcher(word).find();
    }

    boolean isList() {
        return list;
    }

    /**
     * Reads a cell that is not blank.
     *
     * @param zone of moments that say none; null leaves them so
     */
    Value read(String cell, @Nullable ZoneId zone) {
        String text = bare(cell);
        if (list) {
            ArrayNode values = JsonNodeFactory.instance.arrayNode();
            for (String piece : BETWEEN.split(text, MOST_ENTRIES + 1)) {
                if (!piece.isBlank()) {
                    pieces(piece.strip()).forEach(values::add);
                }
            }
            return values.size() > MOST_ENTRIES
                    ? new Value(TextNode.valueOf(""), "csv.long-list")
                    : new Value(values, null);
        }
        String meaning = meaning(text);
        if (meaning != null) {
            return new Value(TextNode.valueOf(meaning), null);
        }
        String figure = text.length() > LONGEST_FIGURE ? "" : text;
        return switch (kind) {
            case TEXT -> new Value(TextNode.valueOf(text), null);
            case DIGITS -> new Value(TextNode.valueOf(digits(text)), null);
            case NUMBER -> {
                Matcher whole = WHOLE.matcher(figure);
                yield whole.matches()
                        ? new Value(IntNode.valueOf(Integer.parseInt(whole.group(1))), null)
                        : new Value(TextNode.valueOf(text), "csv.number");
            }
            case YES_NO -> {
                String word = CsvColumns.plain(figure);
                yield YES.contains(word) || NO.contains(word)
                        ? new Value(BooleanNode.valueOf(YES.contains(word)), null)
                        : new Value(TextNode.valueOf(text), "csv.yes-no");
            }
            case DATE -> {
                String date = date(figure, zone);
                yield date == null
                        ? new Value(TextNode.valueOf(text), "csv.date")
                        : new Value(TextNode.valueOf(date), null);
            }
            case TIME -> {
                Matcher clock = CLOCK.matcher(figure);
                yield new Value(
                        TextNode.valueOf(clock.matches() ? two(clock.group(1)) + ":" + clock.group(2) : text), null);
            }
        };
    }

    private @Nullable String meaning(String text) {
        return text.length() > LONGEST_FIGURE * 4 ? null : meanings.get(CsvColumns.plain(text));
    }

    /** What one piece of a list means; commas part words too, where each is one. */
    private List<String> pieces(String piece) {
        String meaning = meaning(piece);
        if (meaning != null) {
            return List.of(meaning);
        }
        List<String> parts = new ArrayList<>();
        for (String part : piece.split(",", MOST_ENTRIES + 2)) {
            String one = meaning(part);
            if (one == null) {
                return List.of(piece);
            }
            parts.add(one);
        }
        return parts;
    }

    private static String digits(String text) {
        Matcher fraction = DIGITS_WITH_FRACTION.matcher(text);
        return fraction.matches() ? fraction.group(1) : text;
    }

    /** In the form of ISO 8601; null when it is not written year first. */
    private static @Nullable String date(String text, @Nullable ZoneId zone) {
        Matcher year = YEAR.matcher(text);
        if (year.matches()) {
            return year.group(1);
        }
        Matcher date = DATE.matcher(text);
        if (!date.matches()) {
            return null;
        }
        int month = Integer.parseInt(date.group(2));
        int day = date.group(3) == null ? 1 : Integer.parseInt(date.group(3));
        if (month < 1 || month > 12 || day < 1 || day > 31 || (date.group(3) == null && date.group(4) != null)) {
            return null;
        }
        String written =
                date.group(1) + "-" + two(date.group(2)) + (date.group(3) == null ? "" : "-" + two(date.group(3)));
        return date.group(4) == null ? written : moment(written, date, zone);
    }

    private static @Nullable String moment(String day, Matcher date, @Nullable ZoneId zone) {
        String seconds = date.group(6) == null ? "" : ":" + date.group(6);
        String fraction = date.group(7) == null ? "" : date.group(7);
        String time = day + "T" + two(date.group(4)) + ":" + date.group(5) + seconds + fraction;
        if (date.group(8) != null) {
            return time + date.group(8);
        }
        try {
            LocalDateTime local = LocalDateTime.parse(time);
            return zone == null ? time : local.atZone(zone).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
        } catch (DateTimeException e) {
            // Its text quotes the cell.
            return null;
        }
    }

    private static String two(String figure) {
        return figure.length() == 1 ? "0" + figure : figure;
    }

    /** What a person typed: without the apostrophe that keeps a spreadsheet from working it out. */
    private static String bare(String cell) {
        String text = strip(cell);
        return text.startsWith("'") ? text.substring(1) : text;
    }

    private static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || c == '\u00A0' || c == '\uFEFF';
    }

    /** What goes into the cell. No spreadsheet takes it for a formula. */
    String write(JsonNode value) {
        if (value.isArray()) {
            List<String> pieces = new ArrayList<>();
            value.forEach(piece -> pieces.add(word(piece)));
            return harmless(pieces.stream().collect(Collectors.joining("; ")));
        }
        return value.isNumber() ? value.asText() : harmless(word(value));
    }

    private String word(JsonNode value) {
        if (value.isBoolean()) {
            return value.booleanValue() ? YES_WORD.mn() : NO_WORD.mn();
        }
        return words.getOrDefault(value.asText(), value.asText());
    }

    /** An apostrophe in front of what could be a formula; reading takes one off again. */
    static String harmless(String text) {
        String begin = strip(text);
        boolean formula = !text.isEmpty()
                && (FORMULA.indexOf(text.charAt(0)) >= 0
                        || (!begin.isEmpty() && FORMULA.indexOf(begin.charAt(0)) >= 0));
        return formula ? "'" + text : text;
    }
}
