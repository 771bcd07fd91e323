package org.referralhub.edition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.testing.LiveHome;
import org.referralhub.testing.RunningHub;

/** Files are changed and nobody says so. */
class FileWatchIT {
    private static final String RULES = "config/recipients.yaml";

    @TempDir
    Path folder;

    private RunningHub hub(LiveHome home, Map<String, String> settings) {
        return RunningHub.start(home.folder(), folder.resolve("data"), settings, "demo");
    }

    private static LiveChange.Status status(RunningHub hub) {
        return hub.bean(LiveChange.class).status();
    }

    private static double metric(RunningHub hub, String name) {
        return hub.bean(MeterRegistry.class)
                .get(name)
                .meter()
                .measure()
                .iterator()
                .next()
                .getValue();
    }

    /** With a look only every hour nothing but the file system can have told; with one twice a second it need not. */
    @ParameterizedTest
    @ValueSource(strings = {"PT1H", "PT0.5S"})
    void what_is_saved_runs_and_what_is_half_written_does_not(String every) throws Exception {
        LiveHome home = LiveHome.in(Files.createDirectories(folder.resolve("home")));
        String rules = home.read(RULES);
        try (RunningHub hub =
                hub(home, Map.of("hub.configuration.quiet", "PT0.3S", "hub.configuration.look-every", every))) {
            String first = status(hub).version();
            assertThat(hub.bean(MeterRegistry.class)
                            .get("hub.configuration.version")
                            .tag("version", first)
                            .gauge()
                            .value())
                    .isEqualTo(1);

            // An editor that empties a file and writes it bit by bit.
            Path file = home.folder().resolve(RULES);
            byte[] changed =
                    rules.replace("id: violence\n", "id: violence-by-night\n").getBytes(StandardCharsets.UTF_8);
            Files.write(file, new byte[0]);
            for (int at = 0; at < changed.length; at += 1000) {
                byte[] piece = java.util.Arrays.copyOfRange(changed, at, Math.min(changed.length, at + 1000));
                Files.write(file, piece, StandardOpenOption.APPEND);
            }
            await().atMost(RunningHub.PATIENCE)
                    .until(() -> !status(hub).version().equals(first));
            String second = status(hub).version();
            assertThat(metric(hub, "hub.configuration.refused")).isZero();
            assertThat(metric(hub, "hub.configuration.accepted")).isEqualTo(1);
            assertThat(hub.bean(MeterRegistry.class)
                            .find("hub.configuration.version")
                            .gauges())
                    .singleElement()
                    .satisfies(
                            gauge -> assertThat(gauge.getId().getTag("version")).isEqualTo(second));

            home.write(RULES, rules.replace("POLICE", "POLIZE"));
            await().atMost(RunningHub.PATIENCE).until(() -> status(hub).refused() != null);
            assertThat(status(hub).version()).isEqualTo(second);
            assertThat(status(hub).refused().faults()).isNotEmpty().allSatisfy(fault -> {
                assertThat(fault.file()).isEqualTo(RULES);
                assertThat(fault.line()).isPositive();
            });
            assertThat(metric(hub, "hub.configuration.refused")).isEqualTo(1);
            assertThat(metric(hub, "hub.configuration.differs")).isEqualTo(1);

            home.write(RULES, rules);
            await().atMost(RunningHub.PATIENCE)
                    .until(() -> status(hub).version().equals(first));
            assertThat(status(hub).refused()).isNull();
            assertThat(metric(hub, "hub.configuration.differs")).isZero();
        }
    }

    @Test
    void a_start_with_faulty_files_begins_with_what_ran_last_unless_it_must_not() throws Exception {
        LiveHome home = LiveHome.in(Files.createDirectories(folder.resolve("home")));
        String rules = home.read(RULES);
        String good;
        try (RunningHub hub = hub(home, Map.of("hub.configuration.watch", "false"))) {
            good = status(hub).version();
        }
        home.write(RULES, rules.replace("POLICE", "POLIZE"));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(
                        () -> hub(home, Map.of("hub.configuration.start-on-last-good", "false"))))
                .rootCause()
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(RULES);
        try (RunningHub hub = hub(home, Map.of("hub.configuration.watch", "false"))) {
            assertThat(status(hub).version()).isEqualTo(good);
            assertThat(status(hub).inFiles()).isNotEqualTo(good);
            assertThat(status(hub).refused().faults()).isNotEmpty();
            assertThat(metric(hub, "hub.configuration.differs")).isEqualTo(1);
        }
        // A sample that no longer fits is a fault too, though a first start would not look at it.
        home.write(RULES, rules).replace("schemas/helpline/samples/accepted/accept.canonical.json", "ACCEPT", "REJECT");
        try (RunningHub hub = hub(home, Map.of("hub.configuration.watch", "false"))) {
            assertThat(status(hub).version()).isEqualTo(good);
            assertThat(status(hub).refused().faults())
                    .anySatisfy(fault -> assertThat(fault.file()).contains("samples/accepted/accept"));
        }
        home.replace("schemas/helpline/samples/accepted/accept.canonical.json", "REJECT", "ACCEPT");
        home.write(RULES, rules.replace("id: violence\n", "id: violence-by-night\n"));
        try (RunningHub hub = hub(home, Map.of("hub.configuration.watch", "false"))) {
            assertThat(status(hub).version())
                    .isNotEqualTo(good)
                    .isEqualTo(status(hub).inFiles());
            assertThat(status(hub).kept()).contains(good);
        }
    }
}
