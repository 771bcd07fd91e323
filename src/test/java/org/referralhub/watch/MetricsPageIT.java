package org.referralhub.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Scrape;

/** {@code docs/operations/metrics.md} names every metric of the hub's own that a running hub shows, and no other. */
class MetricsPageIT {
    private static final Path PAGE = Path.of("docs/operations/metrics.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(hub_\\w+)` \\| (\\w+)(\\*?) \\|([^|]*)\\|([^|]*)\\|$");

    private static RunningHub hub;

    @BeforeAll
    static void start() {
        hub = RunningHub.shared();
    }

    /** @param later it appears with the first thing that it counts */
    private record Row(String type, boolean later) {}

    @Test
    void the_page_names_what_the_hub_shows_and_the_hub_shows_what_the_page_names() throws Exception {
        hub.settle();
        hub.bean(Watch.class).look();
        Map<String, String> shown = new TreeMap<>(Scrape.of(hub).types());
        shown.keySet().removeIf(name -> !name.startsWith("hub_"));
        // The highest of late belongs to its timer.
        shown.keySet()
                .removeIf(name -> name.endsWith("_max") && shown.containsKey(name.substring(0, name.length() - 4)));

        Map<String, Row> told = rows();

        if (Boolean.getBoolean("hub.write")) {
            Scrape scrape = Scrape.of(hub);
            Files.writeString(Path.of("target/metrics.txt"), scrape.text());
        }
        assertThat(told.keySet()).as("on the page").containsAll(shown.keySet());
        Set<String> always = told.entrySet().stream()
                .filter(row -> !row.getValue().later())
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(shown.keySet()).as("shown by the hub").containsAll(always);
        shown.forEach((name, type) -> assertThat(told.get(name).type()).as(name).isEqualTo(type));
    }

    @Test
    void what_appears_later_is_in_the_program() throws IOException {
        String program = text(Path.of("src/main/java/org/referralhub"));
        for (Map.Entry<String, Row> row : rows().entrySet()) {
            if (row.getValue().later()) {
                String meter = row.getKey()
                        .replaceFirst("_(seconds|bytes)$", "")
                        .replaceFirst("_total$", "")
                        .replace('_', '.');
                assertThat(program).as(row.getKey()).contains('"' + meter + '"');
            }
        }
    }

    private static Map<String, Row> rows() throws IOException {
        Map<String, Row> rows = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            assertThat(row.group(5).strip()).as(row.group(1) + " has a meaning").isNotEmpty();
            rows.put(row.group(1), new Row(row.group(2), !row.group(3).isEmpty()));
        }
        return rows;
    }

    private static String text(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(file -> {
                        try {
                            return Files.readString(file);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    })
                    .collect(Collectors.joining("\n"));
        }
    }
}
