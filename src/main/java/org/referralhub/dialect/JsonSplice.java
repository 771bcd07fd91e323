package org.referralhub.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Changes JSON in its bytes: what no edit names keeps every byte, spaces and order included. */
final class JsonSplice {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final byte[] json;
    private int at;

    private JsonSplice(byte[] json) {
        this.json = json;
    }

    /** A field of an object or an entry of a list; from is where its name, or the value of an entry, begins. */
    private record Member(@Nullable String name, int from, Span value) {}

    /** A value in the bytes from start to before end. */
    private record Span(char kind, int start, int end, List<Member> members) {
        @Nullable
        Member member(String segment) {
            if (kind == '[') {
                int index = Tree.index(segment);
                return index >= 0 && index < members.size() ? members.get(index) : null;
            }
            return members.stream()
                    .filter(member -> segment.equals(member.name()))
                    .findFirst()
                    .orElse(null);
        }
    }

    /**
     * The document after these edits, one after the other.
     *
     * @param json what the strict parser has taken
     * @return empty when an edit can't be made: what is to go is not there, or what is to hold a value can't
     */
    static Optional<byte[]> apply(byte[] json, List<Edit> edits) {
        byte[] document = json;
        for (Edit edit : edits) {
            byte[] next = new JsonSplice(document).edited(edit);
            if (next == null) {
                return Optional.empty();
            }
            document = next;
        }
        return Optional.of(document);
    }

    private byte @Nullable [] edited(Edit edit) {
        skipSpace();
        Span node = value();
        List<String> segments = Tree.segments(edit.pointer());
        if (segments.isEmpty()) {
            return edit.act() == Edit.Act.SET ? replaced(node.start(), node.end(), text(edit.value())) : null;
        }
        for (int i = 0; i < segments.size() - 1; i++) {
            Member next = node.member(segments.get(i));
            if (next == null) {
                return edit.act() == Edit.Act.REMOVE
                        ? null
                        : inserted(node, segments.get(i), text(nested(segments, i + 1, edit.value())));
            }
            node = next.value();
        }
        String last = segments.get(segments.size() - 1);
        Member member = node.member(last);
        return switch (edit.act()) {
            case REMOVE -> member == null ? null : without(node, member);
            case SET ->
                member == null
                        ? inserted(node, last, text(edit.value()))
                        : replaced(member.value().start(), member.value().end(), text(edit.value()));
            case ADD -> added(node, member, last, text(edit.value()));
        };
    }

    private byte @Nullable [] added(Span node, @Nullable Member member, String last, String value) {
        if (member == null) {
            return inserted(node, last, value);
        }
        return node.kind() == '[' ? replaced(member.from(), member.from(), value + ",") : null;
    }

    /** What makes the missing objects on the way to a value. */
    private static JsonNode nested(List<String> segments, int from, @Nullable JsonNode value) {
        JsonNode node = value == null ? MAPPER.nullNode() : value;
        for (int i = segments.size() - 1; i >= from; i--) {
            node = MAPPER.createObjectNode().set(segments.get(i), node);
        }
        return node;
    }

    /** A new member behind the last, spaced as that one is. */
    private byte @Nullable [] inserted(Span node, String segment, String value) {
        if (node.kind() == '[') {
            boolean atEnd =
                    segment.equals("-") || Tree.index(segment) == node.members().size();
            return atEnd ? behindLast(node, value) : null;
        }
        return node.kind() == '{'
                ? behindLast(node, text(MAPPER.getNodeFactory().textNode(segment)) + ":" + value)
                : null;
    }

    private byte[] behindLast(Span node, String member) {
        List<Member> members = node.members();
        if (members.isEmpty()) {
            return replaced(node.start() + 1, node.start() + 1, member);
        }
        Member last = members.get(members.size() - 1);
        int before = last.from();
        while (isSpace(json[before - 1])) {
            before--;
        }
        String space = new String(json, before, last.from() - before, StandardCharsets.UTF_8);
        return replaced(last.value().end(), last.value().end(), "," + space + member);
    }

    private byte[] without(Span node, Member member) {
        int index = node.members().indexOf(member);
        if (index + 1 < node.members().size()) {
            return replaced(member.from(), node.members().get(index + 1).from(), "");
        }
        int from = index == 0
                ? member.from()
                : node.members().get(index - 1).value().end();
        return replaced(from, member.value().end(), "");
    }

    private byte[] replaced(int from, int to, String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(json.length + text.length());
        bytes.write(json, 0, from);
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        bytes.write(json, to, json.length - to);
        return bytes.toByteArray();
    }

    private static String text(@Nullable JsonNode value) {
        try {
            return MAPPER.writeValueAsString(value == null ? MAPPER.nullNode() : value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree in memory can always be written");
        }
    }

    private Span value() {
        int start = at;
        char first = (char) json[at];
        if (first == '{' || first == '[') {
            return container(first, start);
        }
        if (first == '"') {
            string();
        } else {
            while (at < json.length && ",]}".indexOf(json[at]) < 0 && !isSpace(json[at])) {
                at++;
            }
        }
        return new Span(first, start, at, List.of());
    }

    private Span container(char kind, int start) {
        List<Member> members = new ArrayList<>();
        at++;
        skipSpace();
        while (json[at] != '}' && json[at] != ']') {
            int from = at;
            String name = null;
            if (kind == '{') {
                string();
                name = decoded(from, at);
                skipSpace();
                at++;
                skipSpace();
            }
            members.add(new Member(name, from, value()));
            skipSpace();
            if (json[at] == ',') {
                at++;
                skipSpace();
            }
        }
        at++;
        return new Span(kind, start, at, members);
    }

    private void string() {
        at++;
        while (json[at] != '"') {
            at += json[at] == '\\' ? 2 : 1;
        }
        at++;
    }

    private String decoded(int from, int to) {
        try {
            return MAPPER.readValue(Arrays.copyOfRange(json, from, to), String.class);
        } catch (IOException e) {
            throw new IllegalStateException("the strict parser has taken this name");
        }
    }

    private void skipSpace() {
        while (at < json.length && isSpace(json[at])) {
            at++;
        }
    }

    private static boolean isSpace(byte here) {
        return here == ' ' || here == '\t' || here == '\n' || here == '\r';
    }
}
