package org.referralhub.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.referralhub.deadletter.Desk;

/** {@code docs/failures.md} speaks of every step, cause and problem that there is, and of none that there is not. */
class FailuresPageTest {
    private static final Path PAGE = Path.of("docs/failures.md");
    private static final Path CODE = Path.of("src/main/java/org/referralhub");

    @Test
    void everyStepOfTheRoutesHasARow() throws IOException {
        Set<String> steps = all(Path.of("routes"), ".yaml", Pattern.compile("(?m)^\\s+(?:- )?id: ([a-z-]+)\\s*$"));
        steps.remove("retry-or-desk"); // a policy: its steps have rows
        assertThat(steps).hasSizeGreaterThan(10);

        Set<String> told = inRows("## At each step", "## Causes at the desk");

        assertThat(told).containsAll(steps);
        assertThat(steps).containsAll(told);
    }

    @Test
    void everyCauseAtTheDeskHasARow() throws IOException {
        String code = text(CODE);
        Set<String> causes = new TreeSet<>();
        for (String pattern : new String[] {
            "DEAD_CAUSE, \"([a-z-]+)\"",
            "(?:toDesk\\(|bury\\()\\s*(?:arrival|input),\\s*\"([a-z-]+)\"",
            "\"([a-z-]+)\" : input.property\\(Headers.DEAD_CAUSE"
        }) {
            Matcher cause = Pattern.compile(pattern).matcher(code);
            while (cause.find()) {
                causes.add(cause.group(1));
            }
        }
        causes.addAll(named("flow/Failures.java", "String cause(", "String classOf("));
        causes.addAll(named("deadletter/Capture.java", "String brokersCause(", "Parcel parcel("));
        assertThat(causes).contains("refused", "conflict", "translation-failed", "ledger-failed", "attempts-used-up");

        assertThat(inRows("## Causes at the desk", "## Why a courier could not bring it"))
                .isEqualTo(causes);
        String page = Files.readString(PAGE);
        assertThat(causes).allSatisfy(cause -> {
            assertThat(Desk.remedy(cause)).isEqualTo("docs/failures.md#" + cause);
            assertThat(page).contains("<a id=\"" + cause + "\"></a>");
        });
    }

    private static Set<String> named(String file, String from, String to) throws IOException {
        String code = Files.readString(CODE.resolve(file));
        Set<String> causes = new TreeSet<>();
        Matcher named = Pattern.compile("(?:return|\\?|:) \"([a-z-]+)\"")
                .matcher(code.substring(code.indexOf(from), code.indexOf(to)));
        while (named.find()) {
            causes.add(named.group(1));
        }
        return causes;
    }

    @Test
    void everyCodeOfACourierHasARow() throws IOException {
        Set<String> codes = all(
                CODE.resolve("courier"),
                Set.of("Courier", "Couriers", "DropCarrier", "HttpsCarrier", "MailCarrier", "SftpFolder"),
                Pattern.compile(
                        "(?:again\\(|refused\\(|Trouble\\(|return [^;\"]*?|\\? |: |-> )\"([a-z]+(?:-[a-z]+)*-?)\""));
        assertThat(codes).contains("answer-", "unreachable", "host-key-refused", "mailbox-refused", "folder-missing");

        assertThat(inRows("## Why a courier could not bring it", "## Problems of the HTTP face"))
                .isEqualTo(codes);
    }

    @Test
    void everyProblemHasARow() throws IOException {
        Set<String> problems =
                all(CODE.resolve("api"), "Problem.java", Pattern.compile("(?m)^    ([A-Z_]+)\\($")).stream()
                        .map(name -> name.toLowerCase(java.util.Locale.ROOT).replace('_', '-'))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(problems).contains("unauthenticated");

        assertThat(inRows("## Problems of the HTTP face", null)).containsExactlyInAnyOrderElementsOf(problems);
    }

    /** What stands in the first cells of a section's table that holds a name in code style. */
    private static Set<String> inRows(String from, String to) throws IOException {
        String page = Files.readString(PAGE);
        String section =
                page.substring(page.indexOf(from) + from.length(), to == null ? page.length() : page.indexOf(to));
        Set<String> names = new TreeSet<>();
        for (String line : section.lines().filter(one -> one.startsWith("|")).toList()) {
            String[] cells = line.split("\\|");
            String cell = cells[1].contains("`") || cells.length < 3
                    ? cells[1]
                    : cells[1].matches("\\s*\\d+\\s*") ? cells[2] : "";
            Matcher name = Pattern.compile("`([a-z-]+)`").matcher(cell);
            while (name.find()) {
                names.add(name.group(1));
            }
        }
        return names;
    }

    private static Set<String> all(Path folder, Set<String> classes, Pattern pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        for (String name : classes) {
            found.addAll(all(folder, "/" + name + ".java", pattern));
        }
        return found;
    }

    private static Set<String> all(Path folder, String ending, Pattern pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(one -> one.toString().endsWith(ending)).toList()) {
                Matcher match = pattern.matcher(Files.readString(file));
                while (match.find()) {
                    found.add(match.group(1));
                }
            }
        }
        return found;
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
