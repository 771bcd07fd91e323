package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/**
 * The columns of a spreadsheet's file as {@code dialect.yaml} describes them: by which header each goes, and which field of the
 * row's tree it is.
 */
final class CsvColumns {
    /** In a field: stands for the position in a list. In a header: stands for its number, from 1. */
    static final String EVERY = "*";

    private static final String NUMBER = "#";
    /** Numbers beyond it make a header unknown. */
    private static final int MOST_IN_A_LIST = 200;
    /** Nobody's header is longer; a cell of a mebibyte need not be looked up. */
    private static final int LONGEST_TITLE = 200;

    /** Titles shorter than this are near too many others; longer ones are none. */
    private static final int SHORTEST_SLIP = 6;

    private static final int LONGEST_SLIP = 60;
    private static final int SLIPS = 2;

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,4}");
    private static final Pattern SPACES = Pattern.compile("[\\s\\u00A0\\uFEFF]+");

    /**
     * One column, or one for each entry of a list.
     *
     * @param field path in the row's tree, with {@code *} for the position in a list
     * @param title header in both languages, with {@code #} for the number in a list; the hub writes the Mongolian one
     * @param also other headers that mean it
     */
    record Column(String field, Text title, List<String> also, CsvValues values) {
        boolean isNumbered() {
            return field.endsWith("/" + EVERY) || field.contains("/" + EVERY + "/");
        }

        /** Path of the list; the field itself for a column that is none. */
        String list() {
            int star = field.indexOf("/" + EVERY);
            return star < 0 ? field : field.substring(0, star);
        }

        /** Pointer of the value for an entry of the list, counted from 0. */
        String pointer(int index) {
            return "/" + field.replace("/" + EVERY, "/" + index);
        }
    }

    /**
     * A column that a header cell names.
     *
     * @param number which of the list, from 1; 1 for a column of which there is one
     */
    record Heading(Column column, int number) {
        String key() {
            return column.field() + " " + number;
        }

        Text title() {
            return new Text(
                    numbered(column.title().mn()), numbered(column.title().en()));
        }

        String numbered(String title) {
            return title.replace(NUMBER, Integer.toString(number));
        }
    }

    /** A value to write, with the column it goes into. */
    record Written(Heading heading, JsonNode value) {}

    private final List<Column> columns;
    private final int mostRows;
    private final ZoneId zone;
    private final Map<String, Column> byTitle = new HashMap<>();

    CsvColumns(List<Column> columns, int mostRows, ZoneId zone) {
        this.columns = List.copyOf(columns);
        this.mostRows = mostRows;
        this.zone = zone;
        for (Column column : columns) {
            titles(column).forEach(title -> byTitle.putIfAbsent(title, column));
        }
    }

    /** Headers that mean the column, as they are looked up; the first of a list may go without its number. */
    static Set<String> titles(Column column) {
        Set<String> titles = new HashSet<>();
        List<String> written = new ArrayList<>(column.also());
        written.add(column.title().mn());
        written.add(column.title().en());
        for (String title : written) {
            titles.add(plain(title));
            titles.add(plain(title.replace(NUMBER, "")));
        }
        return titles;
    }

    /** How many rows beside the header a file may have. */
    int mostRows() {
        return mostRows;
    }

    /** Whose clock shows the moments of a sender whose own is not known. */
    ZoneId zone() {
        return zone;
    }

    /** The column that this header cell names; null when none is. Case and spaces do not count. */
    @Nullable
    Heading heading(String cell) {
        if (cell.length() > LONGEST_TITLE || cell.isBlank()) {
            return null;
        }
        String title = plain(cell);
        Column column = byTitle.get(title);
        if (column != null) {
            return new Heading(column, 1);
        }
        Matcher digits = DIGITS.matcher(title);
        while (digits.find()) {
            int number = Integer.parseInt(digits.group());
            Column numbered = byTitle.get(title.substring(0, digits.start()) + NUMBER + title.substring(digits.end()));
            if (numbered != null && numbered.isNumbered() && number >= 1 && number <= MOST_IN_A_LIST) {
                return new Heading(numbered, number);
            }
        }
        return null;
    }

    /** The column that an unknown header is most likely meant to name; null when none is near. */
    @Nullable
    Heading meant(String cell) {
        String title = plain(cell);
        if (title.length() < SHORTEST_SLIP || title.length() > LONGEST_SLIP) {
            return null;
        }
        Matcher digits = DIGITS.matcher(title);
        int number = digits.find() ? Math.max(1, Integer.parseInt(digits.group())) : 1;
        String named = digits.replaceAll(NUMBER);
        for (Map.Entry<String, Column> known : byTitle.entrySet()) {
            if (known.getKey().length() >= SHORTEST_SLIP
                    && Math.abs(known.getKey().length() - named.length()) <= SLIPS
                    && Guards.distance(known.getKey(), named) <= SLIPS) {
                return new Heading(known.getValue(), number);
            }
        }
        return null;
    }

    /** The column that a pointer into the row's tree belongs to; null when none does. */
    @Nullable
    Column of(String pointer) {
        String[] wanted = pointer.substring(Math.min(1, pointer.length())).split("/");
        for (Column column : columns) {
            String[] field = column.field().split("/");
            boolean same = field.length <= wanted.length;
            for (int i = 0; same && i < field.length; i++) {
                same = field[i].equals(wanted[i]) || field[i].equals(EVERY);
            }
            if (same) {
                return column;
            }
        }
        return null;
    }

    /** Title as it is compared. */
    static String plain(String title) {
        return SPACES.matcher(title).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }

    /**
     * The values of a tree in the order of the columns; entries of one list together, one after the other.
     *
     * @param missing gets the pointer of every value that no column carries
     */
    List<Written> values(JsonNode tree, List<String> missing) {
        List<Written> values = new ArrayList<>();
        Set<String> carried = new HashSet<>();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            if (!column.isNumbered()) {
                value(tree, column, 0, values, carried);
                continue;
            }
            int end = i;
            while (end < columns.size()
                    && columns.get(end).isNumbered()
                    && columns.get(end).list().equals(column.list())) {
                end++;
            }
            int entries = Tree.at(tree, "/" + column.list()).size();
            for (int index = 0; index < entries; index++) {
                for (Column one : columns.subList(i, end)) {
                    value(tree, one, index, values, carried);
                }
            }
            i = end - 1;
        }
        Tree.leaves(tree, "", (pointer, leaf) -> {
            boolean empty = leaf.isNull() || leaf.isContainerNode();
            if (!empty && !carried.contains(pointer) && !carried.contains(Tree.parent(pointer))) {
                missing.add(pointer);
            }
        });
        return values;
    }

    private static void value(JsonNode tree, Column column, int index, List<Written> values, Set<String> carried) {
        String pointer = column.pointer(index);
        JsonNode value = Tree.at(tree, pointer);
        if (!value.isMissingNode()
                && !value.isNull()
                && value.isValueNode() != column.values().isList()) {
            carried.add(pointer);
            values.add(new Written(new Heading(column, index + 1), value));
        }
    }

    /** Puts a value where the pointer says, making the objects on the way; lists are filled from their front. */
    static void put(ObjectNode tree, String pointer, JsonNode value) {
        String[] steps = pointer.substring(1).split("/");
        JsonNode node = tree;
        for (int i = 0; i < steps.length; i++) {
            boolean last = i == steps.length - 1;
            boolean list = !last && Character.isDigit(steps[i + 1].charAt(0));
            if (node instanceof ArrayNode array) {
                if (last) {
                    array.add(value);
                } else {
                    int index = Integer.parseInt(steps[i]);
                    node = index < array.size() ? array.get(index) : array.addObject();
                }
            } else if (last) {
                ((ObjectNode) node).set(steps[i], value);
            } else {
                ObjectNode object = (ObjectNode) node;
                node = object.has(steps[i])
                        ? object.get(steps[i])
                        : list ? object.putArray(steps[i]) : object.putObject(steps[i]);
            }
        }
    }
}
