package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.testing.HubProcess;

/**
 * The documents on adding an agency and a dialect, followed word for word, one after the other on the same hub, as a reader
 * would: their commands are run as they stand there, in a home that holds no more than the project's, and what they show must
 * be what comes. The hub is started once: what is added, it takes over while it runs.
 */
class AddingIT {
    private static final Pattern BLOCK = Pattern.compile("```(sh run|sh|text)\\n(.*?)```", Pattern.DOTALL);
    /** What a person may take for all of it; what the commands take of that is seconds. */
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    @Test
    void both_documents_followed_word_for_word() throws Exception {
        Instant begin = Instant.now();
        try (HubProcess hub = HubProcess.in(folder)) {
            hub.writeLauncher();
            hub.start();
            assertThat(follow(hub, Path.of("docs/adding-an-agency.md"))).isGreaterThan(6);
            assertThat(follow(hub, Path.of("docs/adding-a-dialect.md"))).isGreaterThan(9);
        }
        assertThat(Duration.between(begin, Instant.now())).isLessThan(TEN_MINUTES);
    }

    /** Returns how many lines of what comes were compared. */
    private static int follow(HubProcess hub, Path document) throws IOException, InterruptedException {
        int compared = 0;
        String answer = "";
        Matcher block = BLOCK.matcher(Files.readString(document));
        while (block.find()) {
            String text = block.group(2);
            switch (block.group(1)) {
                // The test's hub has been started with the same words, in the background and on ports that are free.
                case "sh run" -> assertThat(text.strip()).isEqualTo("./hub run --demo --no-traffic");
                case "sh" -> answer = run(hub, text);
                default -> {
                    for (String line : text.lines().toList()) {
                        assertThat(answer).as(document + ": " + line).containsPattern(asPattern(line));
                        compared++;
                    }
                }
            }
        }
        return compared;
    }

    /** As it is written, but any blanks for blanks and anything for an ellipsis. */
    private static Pattern asPattern(String line) {
        StringBuilder pattern = new StringBuilder();
        for (String part : line.strip().split("(?<=\\s)|(?=\\s)|(?<=…)|(?=…)")) {
            pattern.append(part.equals("…") ? "[\\s\\S]*?" : part.isBlank() ? "\\s*" : Pattern.quote(part));
        }
        return Pattern.compile(pattern.toString());
    }

    /** Every command must do what it says, or the reader stops here. */
    private static String run(HubProcess hub, String commands) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("bash", "-e", "-c", commands)
                .directory(hub.home().toFile())
                .redirectErrorStream(true);
        shell.environment().put("HUB_URL", "http://127.0.0.1:" + hub.port("http"));
        shell.environment().remove("HUB_SECRET");
        Process process = shell.start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(commands + answer).isZero();
        return answer;
    }
}
