package org.referralhub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Content;
import org.referralhub.deadletter.Field;
import org.referralhub.deadletter.Masking;
import org.referralhub.dialect.Edit;
import org.springframework.util.MultiValueMap;

/**
 * One line of the form by which a letter is corrected. Its value is personal, or may be.
 *
 * @param pointer of the field; empty while nobody has chosen one
 * @param field what stands there, masked; null when the checks do not complain of it
 * @param op {@code set}, {@code add} or {@code remove}
 * @param as {@code text}, {@code number}, {@code boolean} or {@code json}
 * @param value as it was typed; empty to leave the field as it is
 */
public record CorrectionRow(String pointer, @Nullable Field field, String op, String as, String value) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String SET = "set";
    private static final String REMOVE = "remove";

    /** What was typed, in the order of the form. */
    static List<CorrectionRow> typed(MultiValueMap<String, String> form) {
        List<String> pointers = form.getOrDefault("pointer", List.of());
        List<CorrectionRow> rows = new ArrayList<>();
        for (int i = 0; i < pointers.size(); i++) {
            String pointer = pointers.get(i).strip();
            if (!pointer.isEmpty()) {
                rows.add(new CorrectionRow(
                        pointer, null, at(form, "op", i, SET), at(form, "as", i, "text"), at(form, "value", i, "")));
            }
        }
        return rows;
    }

    private static String at(MultiValueMap<String, String> form, String name, int place, String otherwise) {
        List<String> values = form.getOrDefault(name, List.of());
        return place < values.size() ? values.get(place) : otherwise;
    }

    /**
     * The lines of the form: what fails, what fails now, and what was typed besides.
     *
     * @param after the document with what was typed; null when nothing was tried
     */
    static List<CorrectionRow> of(Content before, @Nullable Content after, List<CorrectionRow> typed) {
        Map<String, CorrectionRow> rows = new LinkedHashMap<>();
        failing(before.root(), rows);
        // Whoever removes and adds moves places of a list, and the form is about the document as it was.
        if (after != null && typed.stream().allMatch(row -> row.op().equals(SET))) {
            failing(after.root(), rows);
        }
        for (CorrectionRow row : typed) {
            CorrectionRow known = rows.get(row.pointer());
            rows.put(
                    row.pointer(),
                    new CorrectionRow(
                            row.pointer(), known == null ? null : known.field(), row.op(), row.as(), row.value()));
        }
        return List.copyOf(rows.values());
    }

    private static void failing(@Nullable Field field, Map<String, CorrectionRow> rows) {
        if (field == null) {
            return;
        }
        if (!field.findings().isEmpty() && !field.pointer().isEmpty()) {
            rows.putIfAbsent(
                    field.pointer(),
                    new CorrectionRow(
                            field.pointer(),
                            field,
                            SET,
                            switch (field.kind()) {
                                case NUMBER -> "number";
                                case BOOLEAN -> "boolean";
                                case OBJECT, LIST -> "json";
                                case TEXT, NULL, MISSING -> "text";
                            },
                            ""));
        }
        field.fields().forEach(child -> failing(child, rows));
    }

    /** True when something is to be changed here. */
    boolean isMeant() {
        return op.equals(REMOVE) || !value.isEmpty();
    }

    /** The edit; null when it can't be understood. */
    @Nullable
    Edit edit() {
        if (!Masking.isPointer(pointer)) {
            return null;
        }
        if (op.equals(REMOVE)) {
            return new Edit(Edit.Act.REMOVE, pointer, null);
        }
        JsonNode tree = tree();
        return tree == null ? null : new Edit(op.equals(SET) ? Edit.Act.SET : Edit.Act.ADD, pointer, tree);
    }

    private @Nullable JsonNode tree() {
        try {
            return switch (as) {
                case "number" -> DecimalNode.valueOf(new BigDecimal(value.strip()));
                case "boolean" ->
                    switch (value.strip()) {
                        case "true" -> BooleanNode.TRUE;
                        case "false" -> BooleanNode.FALSE;
                        default -> null;
                    };
                case "json" -> value.isBlank() ? null : MAPPER.readTree(value);
                default -> TextNode.valueOf(value);
            };
        } catch (NumberFormatException | JsonProcessingException e) {
            // Their texts quote what was typed.
            return null;
        }
    }

    /** Without what was typed. */
    @Override
    public String toString() {
        return "CorrectionRow[" + op + "]";
    }
}
