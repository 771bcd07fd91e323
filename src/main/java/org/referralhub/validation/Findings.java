package org.referralhub.validation;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;

/**
 * The catalogue of findings: the text of every code in both languages, from {@code findings_mn.properties} and
 * {@code findings_en.properties}. Placeholders are written {@code {name}}. A new code is one line in each file.
 */
public final class Findings {
    /** No check tells more than this many findings about one message, so that a hostile one can't swell its own report. */
    public static final int MAX_PER_CHECK = 200;

    /** Keys with this prefix are words that texts are made of, not codes. */
    static final String WORD = "word.";

    static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-zA-Z]+)}");

    private static final Properties MONGOLIAN = load("findings_mn.properties");
    private static final Properties ENGLISH = load("findings_en.properties");

    private Findings() {}

    /**
     * A finding without line and column.
     *
     * @param pointer JSON Pointer of the exact field; empty for the whole document
     * @param arguments values of the placeholders: codes, limits and allowed values, never a value from the message; a
     *     {@link Text} gives each language its own
     * @throws IllegalArgumentException when the catalogue has no such code, or a placeholder of it no value
     */
    public static Finding of(Severity severity, String code, String pointer, Map<String, ?> arguments) {
        return new Finding(severity, code, pointer, 0, 0, text(code, arguments));
    }

    /** A finding without placeholders, line and column. */
    public static Finding of(Severity severity, String code, String pointer) {
        return of(severity, code, pointer, Map.of());
    }

    /**
     * The text of a code with its placeholders filled in.
     *
     * @throws IllegalArgumentException when the catalogue has no such code, or a placeholder of it no value
     */
    public static Text text(String code, Map<String, ?> arguments) {
        return new Text(
                fill(MONGOLIAN, code, arguments, argument -> argument instanceof Text text ? text.mn() : argument),
                fill(ENGLISH, code, arguments, argument -> argument instanceof Text text ? text.en() : argument));
    }

    /** True when the catalogue has this code. */
    public static boolean knows(String code) {
        return ENGLISH.containsKey(code) && !code.startsWith(WORD);
    }

    /** Every code of the catalogue. */
    public static Set<String> codes() {
        Set<String> codes = new TreeSet<>(ENGLISH.stringPropertyNames());
        codes.removeIf(code -> code.startsWith(WORD));
        return codes;
    }

    /** Said in place of the findings beyond {@link #MAX_PER_CHECK}. */
    static Finding more() {
        return of(Severity.INFORMATION, "report.more", "", Map.of("limit", MAX_PER_CHECK));
    }

    /** A word of the catalogue in both languages; the word itself when there is none. */
    public static Text word(String word) {
        return new Text(MONGOLIAN.getProperty(WORD + word, word), ENGLISH.getProperty(WORD + word, word));
    }

    private static String fill(
            Properties texts, String code, Map<String, ?> arguments, Function<Object, Object> language) {
        String text = texts.getProperty(code);
        if (text == null) {
            throw new IllegalArgumentException("the catalogue of findings has no code " + code);
        }
        if (text.indexOf('{') < 0) {
            return text;
        }
        return PLACEHOLDER.matcher(text).replaceAll(match -> {
            Object argument = arguments.get(match.group(1));
            if (argument == null) {
                throw new IllegalArgumentException("finding " + code + " needs a value for {" + match.group(1) + "}");
            }
            return Matcher.quoteReplacement(String.valueOf(language.apply(argument)));
        });
    }

    static Properties load(String file) {
        Properties texts = new Properties();
        try (InputStream stream = Findings.class.getResourceAsStream("/" + file)) {
            if (stream == null) {
                throw new IllegalStateException("the catalogue of findings is not on the class path: " + file);
            }
            texts.load(new InputStreamReader(stream, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}
