package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What senders have written must not reach a terminal as an order. */
class PrintTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Escape, an override of the direction, and the byte that begins an order of its own. */
    private static final String HOSTILE = "\\u001b]0;x\\u0007\\u202e\\u009b2J\\r";

    @Test
    void findings_and_values_hold_no_control_characters() throws Exception {
        StringWriter written = new StringWriter();
        Print.findings(new PrintWriter(written, true), JSON.readTree("""
                [{"severity": "%1$s", "code": "%1$s", "pointer": "/%1$s", "en": "%1$s"}]""".formatted(HOSTILE)));
        assertThat(written.toString().strip())
                .doesNotContainPattern("[\\p{Cc}\\p{Cf}]")
                .contains("/\uFFFD]0;x");
        assertThat(Print.text(JSON.readTree("{\"note\": \"" + HOSTILE + "\"}"), "note"))
                .doesNotContainPattern("[\\p{Cc}\\p{Cf}]");
    }
}
