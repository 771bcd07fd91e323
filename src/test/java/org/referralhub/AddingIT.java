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
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.testing.HubProcess;

/**
 * The documents on adding an agency and a dialect, followed word for word: their commands are run as they stand there, in a home
 * that holds no more than the project's, and what they show must be what comes.
 */
class AddingIT {
    private static final Pattern BLOCK = Pattern.compile("```(sh run|sh|text)\\n(.*?)```", Pattern.DOTALL);
    /** What a person may take for all of it; what the commands take of that is seconds. */
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"docs/adding-an-agency.md,5", "docs/adding-a-dialect.md,8"})
    void the_document_followed_word_for_word(Path document, int shown) throws Exception {
        Instant begin = Instant.now();
        int compared = 0;
        String answer = "";
        try (HubProcess hub = HubProcess.in(folder)) {
            hub.writeLauncher();
            Matcher block = BLOCK.matcher(Files.readString(document));
            while (block.find()) {
                String text = block.group(2);
                switch (block.group(1)) {
                    case "sh run" -> {
                        // The test's hub is started with the same words, in the background and on ports that are free.
                        assertThat(text.strip()).isEqualTo("./hub run --demo --no-traffic");
                        hub.start();
                    }
                    case "sh" -> answer = run(hub, text);
                    default -> {
                        for (String line : text.lines().toList()) {
                            assertThat(answer).as(document + ": " + line).containsPattern(asPattern(line));
                            compared++;
                        }
                    }
                }
            }
        }
        assertThat(compared).isGreaterThan(shown);
        assertThat(Duration.between(begin, Instant.now())).isLessThan(TEN_MINUTES);
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
