package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.referralhub.testing.RouteSteps;

/** Runs after every other test, in a run of its own: fails on a step of a route that no test has taken. */
class RouteStepCoverageCheck {
    @Test
    void every_step_of_every_route_has_been_taken_by_a_test() throws IOException {
        Set<String> known = new TreeSet<>();
        Set<String> taken = new TreeSet<>();
        try (Stream<Path> files = Files.list(RouteSteps.FOLDER)) {
            files.flatMap(RouteStepCoverageCheck::lines).forEach(line -> {
                String step = line.substring(line.indexOf(' ') + 1);
                known.add(step);
                if (line.startsWith("taken ")) {
                    taken.add(step);
                }
            });
        }
        assertThat(known)
                .as("steps that the tests have seen")
                .contains("minimise", "check-and-translate", "tell-ledger")
                .contains("bring-by-https", "bring-by-folder", "bring-by-sftp", "bring-by-mail", "tell-by-mail")
                .contains("read-file-of-folder", "read-file-of-sftp", "note-trouble");
        Set<String> never = new TreeSet<>(known);
        never.removeAll(taken);
        assertThat(never).as("steps that no test sends a message through").isEmpty();
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
