package org.referralhub.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.testing.RunningHub;

/**
 * The programs of {@code docs/sending-and-receiving.md}, run as they stand there against a whole hub: each sends a referral, reads
 * its receipt and acknowledges it.
 */
class FourLanguagesIT {
    private static final Path DOCUMENT = Path.of("docs/sending-and-receiving.md");
    private static final Pattern REFERRAL = Pattern.compile("\"referralId\" *: *\"([0-9a-f-]{36})\"");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static RunningHub hub;

    @BeforeAll
    static void start() {
        hub = RunningHub.start(folder.resolve("data"), Map.of());
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @ParameterizedTest
    @CsvSource({
        "bash,office.sh,bash office.sh,curl --version,1",
        "java,Office.java,java Office.java,java -version,17",
        "javascript,office.mjs,node office.mjs,node --version,18",
        "python,office.py,python3 office.py,python3 --version,3",
    })
    void theProgramSendsReadsAndAcknowledges(String language, String file, String command, String version, int least)
            throws Exception {
        assumeThat(majorVersion(version))
                .as(version.split(" ")[0] + " " + least + " or newer is not on this machine: not run")
                .isGreaterThanOrEqualTo(least);
        Path place = Files.createDirectories(folder.resolve(language));
        Files.writeString(place.resolve(file), program(language));
        hub.emptyInboxes();

        Ran ran = run(place, command);

        assertThat(ran.code()).as(ran.output()).isZero();
        Matcher referral = REFERRAL.matcher(ran.output());
        assertThat(referral.find()).as(ran.output()).isTrue();
        hub.settle();
        assertThat(hub.referral(referral.group(1)).sender()).isEqualTo("shelter-capital");
        assertThat(hub.waiting("social-work-111095", referral.group(1))).hasSize(1);
        // It has read its receipt, and acknowledged it.
        assertThat(ran.output()).contains("RECEIPT", "\\\"status\\\":\\\"accepted\\\"");
        assertThat(hub.waiting("shelter-capital", referral.group(1))).isEmpty();
        JsonNode inbox = JSON.readTree(hub.as("shelter-capital").get("/inbox").text());
        assertThat(inbox).isEmpty();
    }

    private record Ran(int code, String output) {}

    private static Ran run(Path place, String command) throws IOException, InterruptedException {
        ProcessBuilder builder =
                new ProcessBuilder(command.split(" ")).directory(place.toFile()).redirectErrorStream(true);
        builder.environment()
                .putAll(Map.of(
                        "HUB_URL", hub.url().toString(),
                        "HUB_USER", "shelter-capital",
                        "HUB_SECRET", "demo-shelter-capital",
                        "JAVA_TOOL_OPTIONS", "-Dfile.encoding=UTF-8",
                        "PYTHONIOENCODING", "utf-8"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), output);
    }

    private static int majorVersion(String command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command.split(" "))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher number = Pattern.compile("(\\d+)[.\\d]*").matcher(output);
            return process.waitFor() == 0 && number.find() ? Integer.parseInt(number.group(1)) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static String program(String language) throws IOException {
        Matcher block = Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCUMENT));
        assertThat(block.find()).as(language).isTrue();
        return block.group(1);
    }
}
