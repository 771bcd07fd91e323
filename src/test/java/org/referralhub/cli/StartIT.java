package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.jms.JMSSecurityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.edition.Editions;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.StompClient;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What a first start says, with nobody in it and with faults in it. */
@ExtendWith(OutputCaptureExtension.class)
class StartIT {
    @TempDir
    Path folder;

    @Test
    void outside_the_demo_nobody_takes_part_and_no_login_works(CapturedOutput output) {
        try (RunningHub hub = RunningHub.start(Path.of(""), folder.resolve("data"), Map.of())) {
            assertThat(hub.bean(Editions.class).current().setup().agencies().all())
                    .isEmpty();
            assertThat(output.getAll()).contains("No agency takes part yet", "config/agencies/", "--demo");
            for (String user : List.of("helpline-108", "operator", "administrator", "hub", "admin", "user")) {
                for (String secret : List.of("demo-" + user, user, "", "admin")) {
                    assertThat(hub.as(user).withSecret(secret).get("/books").status())
                            .as(user)
                            .isIn(401, 429);
                }
            }
            assertThatThrownBy(() -> hub.as("helpline-108").amqp().start()).isInstanceOf(JMSSecurityException.class);
            assertThatThrownBy(() -> hub.as("helpline-108").stomp()).isInstanceOf(StompClient.Refused.class);
            assertThatThrownBy(() -> hub.as("hub").withSecret("").amqp().start())
                    .isInstanceOf(jakarta.jms.JMSException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "check --demo"})
    void what_the_project_ships_has_no_fault(String command) {
        assertThat(Hub.commandLine().execute(command.split(" "))).isZero();
    }

    @Test
    void a_start_with_faults_names_every_one_with_its_place_and_remedy_and_ends(CapturedOutput output)
            throws Exception {
        Path home = RunningHub.copyHome(Files.createDirectories(folder.resolve("home")));
        replace(home.resolve("config/demo/agencies.yaml"), "kind: SCHOOL", "kind: SCHOOLHOUSE");
        replace(home.resolve("config/demo/agencies.yaml"), "serves: [\"6501\"]", "serves: [\"9999\"]");
        replace(home.resolve("config/recipients.yaml"), "concerns: [SELF_HARM]", "concerns: [SELFHARM]");
        replace(
                home.resolve("config/disclosure.csv"),
                "register number,Регистрийн дугаар,F",
                "register number,Регистрийн дугаар,X");
        replace(home.resolve("schemas/helpline/from-canonical.jslt"), "{", "{ {");
        replace(home.resolve("config/response-times.yaml"), "PT", "P-T");

        int code = Hub.commandLine().execute("run", "--demo", "--home", home.toString());

        assertThat(code).isEqualTo(1);
        List<String> faults = output.getAll()
                .lines()
                .filter(line -> line.strip().matches("(config|schemas)/\\S+:\\d+(:\\d+)?: .*"))
                .toList();
        for (String file : List.of(
                "config/demo/agencies.yaml",
                "config/recipients.yaml",
                "config/disclosure.csv",
                "config/response-times.yaml",
                "schemas/helpline/from-canonical.jslt")) {
            assertThat(faults).as(file).anyMatch(line -> line.strip().startsWith(file + ":"));
        }
        assertThat(faults.stream().filter(line -> line.contains("config/demo/agencies.yaml:")))
                .hasSizeGreaterThanOrEqualTo(2);
        assertThat(output.getAll()).doesNotContain("\tat org.referralhub");
    }

    private static void replace(Path file, String what, String by) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(what);
        Files.writeString(file, text.replaceFirst(java.util.regex.Pattern.quote(what), by));
    }
}
