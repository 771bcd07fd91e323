package org.referralhub.validation;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Severity;

/**
 * Reads JSON byte by byte, knows the offset of everything and goes on after every fault that leaves the rest readable. The
 * good path never comes here; it serves to say what is wrong and where. Linear in the length of the document.
 */
abstract class JsonScanner {
    /** The longest number that is read, in characters; as long as Jackson's own limit. */
    static final int MAX_NUMBER_LENGTH = 1000;

    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);

    private final byte[] json;
    private int at;

    JsonScanner(byte[] json) {
        this.json = json;
    }

    /** Something is wrong at this offset. */
    abstract void fault(Severity severity, String code, int offset, Map<String, ?> arguments);

    /** The reader goes into a member of an object (a String) or an element of an array (an Integer). */
    abstract void descend(Object segment);

    /** A value begins at this offset. */
    abstract void value(int offset);

    /** The reader comes out of what it last went into. */
    abstract void ascend();

    /** Reads to the end, or to the fault that ends all reading. */
    final void scan() {
        try {
            document();
        } catch (Stop end) {
            // the fault that led here has been told
        }
    }

    private void document() {
        if (isWide()) {
            throw fatal("json.utf16", 0, Map.of());
        }
        if (json.length >= 3 && json[0] == (byte) 0xEF && json[1] == (byte) 0xBB && json[2] == (byte) 0xBF) {
            error("json.byte-order-mark", 0);
            at = 3;
        }
        skipSpace();
        if (at == json.length) {
            throw fatal("json.empty", 0, Map.of());
        }
        anyValue(1);
        skipSpace();
        if (at < json.length) {
            throw unexpected("json.trailing", Map.of());
        }
    }

    /** UTF-16 and UTF-32, with a mark or without, show in the first two bytes. */
    private boolean isWide() {
        if (json.length < 2) {
            return false;
        }
        int first = json[0] & 0xFF;
        int second = json[1] & 0xFF;
        return first == 0xFE && second == 0xFF
                || first == 0xFF && second == 0xFE
                || first == 0 && (second == '{' || second == '[')
                || (first == '{' || first == '[') && second == 0;
    }

    private void anyValue(int depth) {
        value(at);
        int first = peek();
        switch (first) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string(null);
            case 't' -> literal("true");
            case 'f' -> literal("false");
            case 'n' -> literal("null");
            default -> {
                if (first == '-' || isDigit(first)) {
                    number();
                } else {
                    throw syntax("{ [ \" 0-9 true false null");
                }
            }
        }
    }

    private void object(int depth) {
        refuseDepth(depth);
        at++;
        skipSpace();
        if (peek() == '}') {
            at++;
            return;
        }
        Set<String> names = new HashSet<>();
        while (true) {
            if (peek() != '"') {
                throw syntax("\"");
            }
            int start = at;
            StringBuilder characters = new StringBuilder();
            string(characters);
            String name = characters.toString();
            skipSpace();
            if (peek() != ':') {
                throw syntax(":");
            }
            at++;
            skipSpace();
            descend(name);
            if (!names.add(name)) {
                error("json.duplicate-key", start);
            }
            anyValue(depth + 1);
            ascend();
            skipSpace();
            int next = peek();
            if (next == '}') {
                at++;
                return;
            }
            if (next != ',') {
                throw syntax(", }");
            }
            at++;
            skipSpace();
        }
    }

    private void array(int depth) {
        refuseDepth(depth);
        at++;
        skipSpace();
        if (peek() == ']') {
            at++;
            return;
        }
        for (int index = 0; ; index++) {
            descend(index);
            anyValue(depth + 1);
            ascend();
            skipSpace();
            int next = peek();
            if (next == ']') {
                at++;
                return;
            }
            if (next != ',') {
                throw syntax(", ]");
            }
            at++;
            skipSpace();
        }
    }

    private void refuseDepth(int depth) {
        if (depth > StrictJson.MAX_DEPTH) {
            throw fatal("json.depth", at, Map.of("limit", StrictJson.MAX_DEPTH));
        }
    }

    /** Reads a string, into {@code characters} when they are wanted. */
    private void string(@Nullable StringBuilder characters) {
        at++;
        while (true) {
            int next = peek();
            if (next == '"') {
                at++;
                return;
            }
            if (next == '\\') {
                escape(characters);
            } else if (next < 0x20) {
                error(next == 0 ? "json.nul" : "json.control-character", at);
                append(characters, (char) next);
                at++;
            } else if (next < 0x80) {
                append(characters, (char) next);
                at++;
            } else {
                beyondAscii(characters);
            }
        }
    }

    private void beyondAscii(@Nullable StringBuilder characters) {
        int length = Utf8.sequence(json, at);
        if (length > 0) {
            if (characters != null) {
                characters.append(new String(json, at, length, StandardCharsets.UTF_8));
            }
            at += length;
        } else if (Utf8.isSurrogate(json, at)) {
            error("json.surrogate", at);
            append(characters, '\uFFFD');
            at += 3;
        } else {
            error("json.utf8", at);
            append(characters, '\uFFFD');
            at -= length;
        }
    }

    private void escape(@Nullable StringBuilder characters) {
        int start = at;
        at++;
        int kind = peek();
        char plain =
                switch (kind) {
                    case '"', '\\', '/' -> (char) kind;
                    case 'b' -> '\b';
                    case 'f' -> '\f';
                    case 'n' -> '\n';
                    case 'r' -> '\r';
                    case 't' -> '\t';
                    default -> 0;
                };
        if (plain != 0) {
            append(characters, plain);
            at++;
            return;
        }
        int unit = kind == 'u' ? hexadecimal(at + 1) : -1;
        if (unit < 0) {
            // What follows the backslash is read as it stands, so that a wrong escape hides no fault behind it.
            error("json.escape", start);
            return;
        }
        at += 5;
        if (unit == 0) {
            error("json.nul", start);
        }
        if (Character.isSurrogate((char) unit)) {
            int low = Character.isHighSurrogate((char) unit)
                            && at + 1 < json.length
                            && json[at] == '\\'
                            && json[at + 1] == 'u'
                    ? hexadecimal(at + 2)
                    : -1;
            if (low >= 0 && Character.isLowSurrogate((char) low)) {
                append(characters, (char) unit);
                append(characters, (char) low);
                at += 6;
            } else {
                error("json.surrogate", start);
                append(characters, '\uFFFD');
            }
        } else {
            append(characters, (char) unit);
        }
    }

    private int hexadecimal(int from) {
        if (from + 4 > json.length) {
            return -1;
        }
        int unit = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = json[i] < 0 ? -1 : Character.digit(json[i], 16);
            if (digit < 0) {
                return -1;
            }
            unit = unit << 4 | digit;
        }
        return unit;
    }

    private static void append(@Nullable StringBuilder characters, char character) {
        if (characters != null) {
            characters.append(character);
        }
    }

    private void literal(String literal) {
        for (int i = 0; i < literal.length(); i++) {
            if (peek() != literal.charAt(i)) {
                throw syntax(literal);
            }
            at++;
        }
    }

    private void number() {
        int start = at;
        if (json[at] == '-') {
            at++;
        }
        boolean zero = at < json.length && json[at] == '0';
        int whole = digits();
        boolean integral = true;
        boolean good = whole > 0 && !(zero && whole > 1);
        if (at < json.length && json[at] == '.') {
            integral = false;
            at++;
            good &= digits() > 0;
        }
        if (at < json.length && (json[at] | 0x20) == 'e') {
            integral = false;
            at++;
            if (at < json.length && (json[at] == '+' || json[at] == '-')) {
                at++;
            }
            good &= digits() > 0;
        }
        if (!good) {
            if (at == json.length) {
                throw fatal("json.truncated", at, Map.of());
            }
            throw fatal("json.number", start, Map.of());
        }
        if (overflows(start, at - start, integral)) {
            error("json.number-overflow", start);
        }
    }

    private boolean overflows(int start, int length, boolean integral) {
        if (length > MAX_NUMBER_LENGTH) {
            return true;
        }
        if (integral && length < 19) {
            return false;
        }
        String number = new String(json, start, length, StandardCharsets.US_ASCII);
        if (integral) {
            BigInteger value = new BigInteger(number);
            return value.compareTo(LONG_MAX) > 0 || value.compareTo(LONG_MIN) < 0;
        }
        return Double.isInfinite(Double.parseDouble(number));
    }

    private int digits() {
        int start = at;
        while (at < json.length && isDigit(json[at])) {
            at++;
        }
        return at - start;
    }

    private static boolean isDigit(int character) {
        return character >= '0' && character <= '9';
    }

    private void skipSpace() {
        while (at < json.length && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
            at++;
        }
    }

    /** The byte here; ends reading when there is none. */
    private int peek() {
        if (at >= json.length) {
            throw fatal("json.truncated", json.length, Map.of());
        }
        return json[at] & 0xFF;
    }

    private Stop syntax(String expected) {
        return unexpected("json.syntax", Map.of("expected", expected));
    }

    /** Names what can't be a character at all by that, and anything else as out of place. */
    private Stop unexpected(String code, Map<String, ?> arguments) {
        if (peek() == 0) {
            return fatal("json.nul", at, Map.of());
        }
        if (Utf8.isSurrogate(json, at)) {
            return fatal("json.surrogate", at, Map.of());
        }
        if (Utf8.sequence(json, at) < 0) {
            return fatal("json.utf8", at, Map.of());
        }
        return fatal(code, at, arguments);
    }

    private void error(String code, int offset) {
        fault(Severity.ERROR, code, offset, Map.of());
    }

    private Stop fatal(String code, int offset, Map<String, ?> arguments) {
        fault(Severity.FATAL, code, offset, arguments);
        return new Stop();
    }

    /** Ends reading. */
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Stop() {
            super(null, null, false, false);
        }
    }
}
