package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.testing.RunningHub;

/**
 * The walk of {@code docs/midnight-call.md}: its commands are read from the document and run in one shell against a hub with
 * the document's own configuration, and every line that it shows must be in what they answer.
 */
class MidnightCallIT {
    private static final Path DOCUMENT = Path.of("docs/midnight-call.md");
    private static final Pattern BLOCK = Pattern.compile("```(sh|json|text)\\n(.*?)```", Pattern.DOTALL);
    private static final Pattern REFERRAL = Pattern.compile("\"referralId\" *: *\"([0-9a-f-]{36})\"");
    private static final String END = "end-of-answer";
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static RunningHub hub;
    private static Process shell;
    private static Writer commands;
    private static BufferedReader answers;

    /** Commands, and what the document shows of their answer. */
    private record Step(String commands, List<String> shown) {}

    @BeforeAll
    static void start() throws Exception {
        Path home = RunningHub.copyHome(folder.resolve("home"));
        shell = new ProcessBuilder("bash").redirectErrorStream(true).start();
        commands = shell.outputWriter(StandardCharsets.UTF_8);
        answers = new BufferedReader(new InputStreamReader(shell.getInputStream(), StandardCharsets.UTF_8));
        // The deadlines of the walk, as the document makes them.
        Matcher sed = Pattern.compile("(?m)^sed -i .*?\\n.*?$", Pattern.DOTALL).matcher(Files.readString(DOCUMENT));
        assertThat(sed.find()).isTrue();
        run(sed.group().replace("/tmp/midnight", home.toString()));
        assertThat(Files.readString(home.resolve("config/response-times.yaml"))).contains("PT20S", "PT60S");
        hub = RunningHub.start(home, folder.resolve("data"), Map.of(), "demo");
    }

    @AfterAll
    static void stop() throws IOException {
        if (hub != null) {
            hub.close();
        }
        commands.close();
        shell.destroyForcibly();
    }

    @Test
    void everyCommandOfTheDocumentAnswersWhatTheDocumentShows() throws Exception {
        List<Step> steps = steps();
        assertThat(steps).hasSizeGreaterThan(7);
        String id = "";
        for (Step step : steps) {
            // The first block builds and starts a hub, which the test has done; the second says where it is.
            String written =
                    step.commands().replace("http://127.0.0.1:8080", hub.url().toString());
            if (written.contains("./hub run")) {
                continue;
            }
            if (written.startsWith("id=")) {
                written = "id=" + id;
            }
            boolean last = written.contains("inbox?max");
            if (last) {
                run(written.substring(0, written.indexOf("as helpline-108")));
                written = written.substring(written.indexOf("as helpline-108"));
            }
            String asked = written;
            if (asked.contains("/timeline")) {
                // Nobody answers: that takes the deadline's time.
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertShown(step, run(asked), true));
                continue;
            }
            if (!id.isEmpty()) {
                hub.settle();
            }
            if (step.shown().isEmpty() || step.shown().get(0).startsWith("{")) {
                String answer = run(asked);
                Matcher referral = REFERRAL.matcher(answer);
                if (referral.find()) {
                    id = referral.group(1);
                    assertThat(answer).contains("\"accepted\"");
                    hub.settle();
                }
            } else if (asked.contains("TRANSFER")) {
                for (String line : asked.split("(?=\\nsay )")) {
                    assertThat(run(line)).contains("\"accepted\"");
                    hub.settle();
                }
                assertShown(step, run("as operator $api/referrals/$id/timeline"), true);
            } else {
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertShown(step, run(asked), false));
            }
        }
        // Who was late and answered after all, as the document says of the timeline read at the end.
        assertThat(run("as operator $api/referrals/$id/timeline")).contains("\"late\"");
        JsonNode books = JSON.readTree(run("as operator $api/books"));
        assertThat(books.path("balanced").asBoolean()).isTrue();
    }

    /** Every line of what the document shows, by its words; times and what it leaves out differ. */
    private static void assertShown(Step step, String answer, boolean timeline) {
        for (String line : step.shown()) {
            for (String word : line.strip().split("\\s+|,|:")) {
                boolean name = word.matches("[a-z]+(-[a-z0-9]+)+|[A-Z_]{4,}|requested|accepted|overdue|transferred");
                // A recipient that answered late was still overdue when this was read.
                if (name && !(timeline && word.equals("late"))) {
                    assertThat(answer).as(line).contains(word);
                }
            }
        }
    }

    private static List<Step> steps() throws IOException {
        List<Step> steps = new ArrayList<>();
        Matcher block = BLOCK.matcher(Files.readString(DOCUMENT));
        while (block.find()) {
            if (block.group(1).equals("sh")) {
                steps.add(new Step(block.group(2), new ArrayList<>()));
            } else {
                steps.get(steps.size() - 1)
                        .shown()
                        .addAll(block.group(2).lines().toList());
            }
        }
        return steps;
    }

    /** What the shell writes until the commands are done. */
    private static String run(String written) throws IOException {
        commands.write(written + "\necho; echo " + END + "\n");
        commands.flush();
        StringBuilder answer = new StringBuilder();
        for (String line = answers.readLine(); line != null && !line.equals(END); line = answers.readLine()) {
            answer.append(line).append('\n');
        }
        return answer.toString();
    }
}
