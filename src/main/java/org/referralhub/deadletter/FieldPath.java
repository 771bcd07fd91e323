package org.referralhub.deadletter;

import java.util.List;

/** A path of {@code config/desk.yaml}: names, {@code *} for any one name or index, {@code **} for any number of them. */
record FieldPath(List<String> segments) {
    private static final String ONE = "*";
    private static final String ANY = "**";

    FieldPath {
        segments = List.copyOf(segments);
    }

    static FieldPath of(String path) {
        return new FieldPath(List.of(path.substring(1).split("/", -1)));
    }

    /** The names in it. */
    List<String> names() {
        return segments.stream()
                .filter(segment -> !segment.equals(ONE) && !segment.equals(ANY))
                .toList();
    }

    /** True when the field that these names and indices lead to is meant. */
    boolean matches(List<String> way) {
        return matches(0, way, 0);
    }

    private boolean matches(int from, List<String> way, int at) {
        if (from == segments.size()) {
            return at == way.size();
        }
        String segment = segments.get(from);
        if (segment.equals(ANY)) {
            return matches(from + 1, way, at) || (at < way.size() && matches(from, way, at + 1));
        }
        return at < way.size()
                && (segment.equals(ONE) || segment.equals(way.get(at)))
                && matches(from + 1, way, at + 1);
    }
}
