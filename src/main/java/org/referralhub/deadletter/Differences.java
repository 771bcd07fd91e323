package org.referralhub.deadletter;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.Foreseen.Change;
import org.referralhub.deadletter.Foreseen.Difference;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;

/** Where two messages, or two reports, are not the same. Places only: values are personal. */
final class Differences {
    private final List<Difference> found = new ArrayList<>();

    private Differences() {}

    static List<Difference> between(JsonNode before, JsonNode after) {
        Differences differences = new Differences();
        differences.compare("", before, after);
        return differences.found;
    }

    static List<Difference> between(Report before, Report after) {
        Differences differences = new Differences();
        Set<String> former = places(before);
        Set<String> now = places(after);
        differences.added(now, former, Change.ADDED);
        differences.added(former, now, Change.GONE);
        return differences.found;
    }

    private void added(Set<String> these, Set<String> others, Change change) {
        these.stream()
                .filter(place -> !others.contains(place))
                .forEach(place -> found.add(new Difference(place, change)));
    }

    private static Set<String> places(Report report) {
        Set<String> places = new LinkedHashSet<>();
        for (Finding finding : report.findings()) {
            String place = Places.shown(finding);
            places.add(finding.code() + " " + (place.isEmpty() ? "/" : place));
        }
        return places;
    }

    private void compare(String pointer, @Nullable JsonNode before, @Nullable JsonNode after) {
        if (found.size() >= Foreseen.MOST) {
            return;
        }
        if (before == null || after == null) {
            found.add(new Difference(pointer, before == null ? Change.ADDED : Change.GONE));
        } else if (before.isObject() && after.isObject()) {
            Set<String> names = new LinkedHashSet<>();
            before.fieldNames().forEachRemaining(names::add);
            after.fieldNames().forEachRemaining(names::add);
            for (String name : names) {
                if (before.get(name) == null || !before.get(name).equals(after.get(name))) {
                    compare(
                            pointer + '/' + name.replace("~", "~0").replace("/", "~1"),
                            before.get(name),
                            after.get(name));
                }
            }
        } else if (before.isArray() && after.isArray()) {
            for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
                if (before.get(i) == null || !before.get(i).equals(after.get(i))) {
                    compare(pointer + '/' + i, before.get(i), after.get(i));
                }
            }
        } else if (!before.equals(after)) {
            found.add(new Difference(pointer, Change.CHANGED));
        }
    }
}
