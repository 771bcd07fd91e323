package org.referralhub.validation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;

/** Finds where JSON Pointers stand in the bytes of a document, so that parsing itself need not keep track. */
public final class JsonLocator {
    /**
     * A place in a document.
     *
     * @param line from 1
     * @param column from 1, in characters
     */
    public record Place(int line, int column) {}

    private JsonLocator() {}

    /**
     * The place of each pointer, by one pass over the document. A pointer to what is not there takes the place of its
     * nearest existing parent; a document that is wrong JSON from some point on is searched up to that point.
     *
     * @param json UTF-8 JSON
     * @param pointers JSON Pointers (RFC 6901)
     * @return a place for every pointer given
     */
    public static Map<String, Place> locate(byte[] json, Collection<String> pointers) {
        Step root = new Step(null);
        Map<String, Step> wanted = new LinkedHashMap<>();
        for (String pointer : pointers) {
            Step step = root;
            for (String segment : Pointers.segments(pointer)) {
                Step parent = step;
                step = parent.next.computeIfAbsent(segment, name -> new Step(parent));
            }
            wanted.put(pointer, step);
        }
        List<Step> found = new Search(json, root).found();
        found.sort(Comparator.comparingInt(step -> step.offset));
        Lines lines = new Lines(json);
        found.forEach(step -> step.place = lines.place(step.offset));
        Map<String, Place> places = new LinkedHashMap<>();
        wanted.forEach((pointer, step) -> places.put(pointer, step.nearest()));
        return places;
    }

    /** The findings with line and column in these bytes, in the order of the document; those at one place keep theirs. */
    public static List<Finding> place(byte[] json, Collection<Finding> findings) {
        Map<String, Place> places =
                locate(json, findings.stream().map(Finding::pointer).distinct().toList());
        return findings.stream()
                .map(finding -> {
                    Place place = places.getOrDefault(finding.pointer(), new Place(1, 1));
                    return finding.at(finding.pointer(), place.line(), place.column());
                })
                .sorted(Comparator.comparingInt(Finding::line).thenComparingInt(Finding::column))
                .toList();
    }

    /** One name or index on the way of a wanted pointer. */
    private static final class Step {
        final @Nullable Step parent;
        final Map<String, Step> next = new HashMap<>();
        int offset = -1;

        @Nullable
        Place place;

        Step(@Nullable Step parent) {
            this.parent = parent;
        }

        Place nearest() {
            for (Step step = this; step != null; step = step.parent) {
                if (step.place != null) {
                    return step.place;
                }
            }
            return new Place(1, 1);
        }
    }

    /** Goes along with the reader as long as it is on the way of a wanted pointer. */
    private static final class Search extends JsonScanner {
        private final Deque<Step> way = new ArrayDeque<>();
        private final List<Step> found = new ArrayList<>();
        /** How many levels the reader is off every wanted way. */
        private int astray;

        Search(byte[] json, Step root) {
            super(json);
            way.push(root);
        }

        List<Step> found() {
            scan();
            return found;
        }

        @Override
        void fault(Severity severity, String code, int offset, Map<String, ?> arguments) {
            // faults of the text are the parser's to tell
        }

        @Override
        void descend(Object segment) {
            Step step = astray > 0 ? null : way.element().next.get(segment.toString());
            if (step == null) {
                astray++;
            } else {
                way.push(step);
            }
        }

        @Override
        void value(int offset) {
            if (astray == 0 && way.element().offset < 0) {
                Step step = way.element();
                step.offset = offset;
                found.add(step);
            }
        }

        @Override
        void ascend() {
            if (astray > 0) {
                astray--;
            } else {
                way.pop();
            }
        }
    }
}
