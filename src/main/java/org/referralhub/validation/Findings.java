package org.referralhub.validation;

import java.util.Map;
import java.util.Set;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;

/**
 * The catalogue of findings: the text of every code in both languages, from {@code findings_mn.properties} and
 * {@code findings_en.properties}. Placeholders are written {@code {name}}.
 */
public final class Findings {
    private Findings() {}

    /**
     * A finding without line and column.
     *
     * @param pointer JSON Pointer of the exact field; empty for the whole document
     * @param arguments values of the placeholders: codes, limits and allowed values, never a value from the message
     * @throws IllegalArgumentException when the catalogue has no such code
     */
    public static Finding of(Severity severity, String code, String pointer, Map<String, ?> arguments) {
        return new Finding(severity, code, pointer, 0, 0, text(code, arguments));
    }

    /** A finding without placeholders, line and column. */
    public static Finding of(Severity severity, String code, String pointer) {
        return of(severity, code, pointer, Map.of());
    }

    /** The text of a code with its placeholders filled in. */
    public static Text text(String code, Map<String, ?> arguments) {
        throw new UnsupportedOperationException("not built yet");
    }

    /** Every code of the catalogue. */
    public static Set<String> codes() {
        throw new UnsupportedOperationException("not built yet");
    }
}
