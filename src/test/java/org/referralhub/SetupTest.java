package org.referralhub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.configuration.Faults;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Translator;
import org.referralhub.testing.HomeCopy;

class SetupTest {
    private static final String ROW = """
            Message id;Sent at;Concerns;Urgency;Phone
            s-2026-0001;2026-11-20 22:00;UNKNOWN;URGENT;99112233
            """;

    @Test
    void a_time_without_offset_is_that_of_the_office_which_wrote_it(@TempDir Path folder) throws Exception {
        HomeCopy home = HomeCopy.of(folder);
        home.write(
                "config/demo/agencies.yaml",
                home.read("config/demo/agencies.yaml").stripTrailing() + """

                          - id: school-west
                            kind: SCHOOL
                            name: { mn: "Баян-Өлгийн жишээ сургууль", en: "Example school of Bayan-Ulgii" }
                            serves: ["83"]
                            dialect: school
                            secret: { plain: demo-school-west }
                        """);
        Faults faults = new Faults();
        Translator translator = Setup.load(home.home(), true, faults).translator();
        faults.throwIfAny();

        assertThat(sentAt(translator, "school-1110")).isEqualTo("2026-11-20T22:00:00+08:00");
        assertThat(sentAt(translator, "school-west")).isEqualTo("2026-11-20T22:00:00+07:00");
        assertThat(sentAt(translator, "nobody")).as("the dialect's own").isEqualTo("2026-11-20T22:00:00+08:00");
    }

    private static String sentAt(Translator translator, String sender) {
        Inbound inbound =
                translator.inbound("school", sender, ROW.getBytes(UTF_8), Instant.parse("2026-11-21T00:00:00Z"));
        assertThat(inbound).as("%s", inbound.report()).isInstanceOf(Inbound.Accepted.class);
        return ((Inbound.Accepted) inbound).canonical().path("sentAt").asText();
    }
}
