package org.referralhub.dialect;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;
import org.referralhub.validation.JsonLocator.Place;
import org.referralhub.validation.StrictJson;

/**
 * The characters of an XML document before any parser sees them: strict UTF-8, no document type declaration, and where
 * elements stand.
 */
final class XmlText {
    /** Whatever stands between the quotes: what can be no name is no UTF-8 either. */
    private static final Pattern DECLARED_ENCODING =
            Pattern.compile("^<\\?xml\\s[^?>]*?encoding\\s*=\\s*[\"']([^\"'<>]{0,80})[\"']");

    /**
     * What decoding gave.
     *
     * @param text the characters, without byte order mark; empty when there is a finding
     * @param finding why the document may not be parsed; null when it may
     */
    record Decoded(String text, @Nullable Finding finding) {}

    private static final char REPLACEMENT = '\uFFFD';

    private XmlText() {}

    static Decoded decode(byte[] document) {
        if (document.length > StrictJson.MAX_BYTES) {
            return refused("xml.too-large", 1, 1, Map.of("limit", StrictJson.MAX_BYTES));
        }
        boolean mark = document.length >= 3
                && (document[0] & 0xFF) == 0xEF
                && (document[1] & 0xFF) == 0xBB
                && (document[2] & 0xFF) == 0xBF;
        int start = mark ? 3 : 0;
        String text = new String(document, start, document.length - start, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            // Somebody wrote that character, or it stands for bytes that are none; only the strict reader can tell.
            String sound = sound(document, start);
            if (sound.length() < text.length()) {
                Place place = place(sound, sound.length());
                return refused("xml.utf8", place.line(), place.column(), Map.of());
            }
        }
        Matcher encoding = DECLARED_ENCODING.matcher(text);
        if (encoding.find()) {
            String name = encoding.group(1).toUpperCase(Locale.ROOT);
            if (!name.equals("UTF-8") && !name.equals("UTF8") && !name.equals("US-ASCII")) {
                Place place = place(text, encoding.start(1));
                return refused("xml.encoding", place.line(), place.column(), Map.of());
            }
        }
        int doctype = doctype(text);
        if (doctype >= 0) {
            Place place = place(text, doctype);
            return refused("xml.doctype", place.line(), place.column(), Map.of());
        }
        return new Decoded(text, null);
    }

    /** The characters up to the first byte that belongs to none. */
    static String sound(byte[] document, int start) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer characters = CharBuffer.allocate(document.length);
        decoder.decode(ByteBuffer.wrap(document, start, document.length - start), characters, true);
        return characters.flip().toString();
    }

    private static Decoded refused(String code, int line, int column, Map<String, ?> arguments) {
        return new Decoded("", Findings.of(Severity.FATAL, code, "", arguments).at("", line, column));
    }

    /** Where a document type declaration begins; -1 when there is none. It can only stand before the first element. */
    private static int doctype(String text) {
        int at = 0;
        while (at < text.length()) {
            int open = text.indexOf('<', at);
            if (open < 0) {
                return -1;
            }
            if (text.startsWith("<!--", open)) {
                at = after(text, "-->", open + 4);
            } else if (text.startsWith("<?", open)) {
                at = after(text, "?>", open + 2);
            } else {
                return text.startsWith("<!", open) ? open : -1;
            }
        }
        return -1;
    }

    private static int after(String text, String end, int from) {
        int at = text.indexOf(end, from);
        return at < 0 ? text.length() : at + end.length();
    }

    /** Line and column, from 1, of an offset; a surrogate pair is one character. */
    static Place place(String text, int offset) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < offset; i++) {
            if (endsLine(text, i)) {
                line++;
                start = i + 1;
            }
        }
        return new Place(line, text.codePointCount(start, Math.max(start, offset)) + 1);
    }

    /** One open element of the scan. */
    private static final class Open {
        final String pointer;
        final XmlShape.@Nullable Step step;
        final Map<String, Integer> seen = new HashMap<>();

        /** Stands for every element that nothing wanted lies in. */
        static final Open ASTRAY = new Open("", null);

        Open(String pointer, XmlShape.@Nullable Step step) {
            this.pointer = pointer;
            this.step = step;
        }
    }

    /**
     * Where pointers into the tree of this document stand: the {@code <} of the element. A pointer to what is not there,
     * and one to an attribute, takes the place of its nearest parent. What is not well formed is searched as far as it is.
     */
    static Map<String, Place> locate(String text, XmlShape shape, Collection<String> pointers) {
        Set<String> wanted = new HashSet<>();
        for (String pointer : pointers) {
            for (String at = pointer; !at.isEmpty(); at = Tree.parent(at)) {
                wanted.add(at);
            }
        }
        Map<String, Integer> found = new HashMap<>();
        scan(text, shape, wanted, found);
        Map<String, Place> places = new HashMap<>();
        for (String pointer : pointers) {
            String at = pointer;
            while (!at.isEmpty() && !found.containsKey(at)) {
                at = Tree.parent(at);
            }
            Integer offset = found.get(at);
            if (offset == null) {
                int element = firstElement(text);
                places.put(pointer, place(text, element));
            } else {
                places.put(pointer, place(text, offset));
            }
        }
        return places;
    }

    /** The place of start tags by their number, counted from 0 in the order of the document. */
    static Map<Integer, Place> startTags(String text, Collection<Integer> numbers) {
        int[] sorted =
                numbers.stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
        Map<Integer, Place> places = new HashMap<>();
        int next = 0;
        int number = 0;
        int at = 0;
        int line = 1;
        int counted = 0;
        int start = 0;
        while (next < sorted.length) {
            int open = text.indexOf('<', at);
            if (open < 0) {
                break;
            }
            if (text.startsWith("<!--", open)) {
                at = after(text, "-->", open + 4);
            } else if (text.startsWith("<![CDATA[", open)) {
                at = after(text, "]]>", open + 9);
            } else if (text.startsWith("<?", open)) {
                at = after(text, "?>", open + 2);
            } else if (text.startsWith("</", open)) {
                at = after(text, ">", open + 2);
            } else {
                if (number == sorted[next]) {
                    for (; counted < open; counted++) {
                        if (endsLine(text, counted)) {
                            line++;
                            start = counted + 1;
                        }
                    }
                    places.put(number, new Place(line, text.codePointCount(start, open) + 1));
                    next++;
                }
                number++;
                at = endOfTag(text, open + 1) + 1;
            }
        }
        return places;
    }

    private static boolean endsLine(String text, int at) {
        char c = text.charAt(at);
        return c == '\n' || (c == '\r' && !(at + 1 < text.length() && text.charAt(at + 1) == '\n'));
    }

    private static int firstElement(String text) {
        int at = 0;
        while (true) {
            int open = text.indexOf('<', at);
            if (open < 0) {
                return 0;
            }
            if (text.startsWith("<!--", open)) {
                at = after(text, "-->", open + 4);
            } else if (text.startsWith("<?", open)) {
                at = after(text, "?>", open + 2);
            } else {
                return open;
            }
        }
    }

    private static void scan(String text, XmlShape shape, Set<String> wanted, Map<String, Integer> found) {
        Deque<Open> stack = new ArrayDeque<>();
        stack.push(new Open("", shape.root()));
        int at = 0;
        while (at < text.length() && !stack.isEmpty()) {
            int open = text.indexOf('<', at);
            if (open < 0) {
                return;
            }
            if (text.startsWith("<!--", open)) {
                at = after(text, "-->", open + 4);
            } else if (text.startsWith("<![CDATA[", open)) {
                at = after(text, "]]>", open + 9);
            } else if (text.startsWith("<?", open)) {
                at = after(text, "?>", open + 2);
            } else if (text.startsWith("</", open)) {
                stack.pop();
                at = after(text, ">", open + 2);
            } else {
                int close = endOfTag(text, open + 1);
                Open element = enter(stack.getFirst(), name(text, open + 1), open, wanted, found);
                if (close >= text.length() || text.charAt(close - 1) != '/') {
                    stack.push(element);
                }
                at = close + 1;
            }
            if (stack.size() > XmlShape.MAX_DEPTH + 1) {
                return;
            }
        }
    }

    private static Open enter(Open parent, String name, int offset, Set<String> wanted, Map<String, Integer> found) {
        if (parent == Open.ASTRAY) {
            return Open.ASTRAY;
        }
        XmlShape.Step step = XmlShape.Step.next(parent.step, name);
        int index = parent.seen.merge(name, 1, Integer::sum) - 1;
        String plain = parent.pointer + "/" + name;
        String counted = plain + "/" + index;
        if (wanted.contains(plain)) {
            found.putIfAbsent(plain, offset);
        }
        if (wanted.contains(counted)) {
            found.putIfAbsent(counted, offset);
        }
        String pointer = XmlShape.Step.isRepeated(step) || index > 0 ? counted : plain;
        // All parents of what is wanted are wanted too.
        return wanted.contains(pointer) ? new Open(pointer, step) : Open.ASTRAY;
    }

    private static String name(String text, int start) {
        int end = start;
        int colon = -1;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (c == ':') {
                colon = end;
            } else if (c == '>' || c == '/' || c == ' ' || c == '\t' || c == '\n' || c == '\r') {
                break;
            }
            end++;
        }
        return text.substring(colon < 0 ? start : colon + 1, end);
    }

    /** The offset of the {@code >} that ends a start tag; the text's length when none does. */
    private static int endOfTag(String text, int from) {
        char quote = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '>') {
                return i;
            }
        }
        return text.length();
    }
}
