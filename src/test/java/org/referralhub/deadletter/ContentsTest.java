package org.referralhub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.ledger.AccessLog;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;

/** Places in a letter, for people who may not read it. */
class ContentsTest {
    private static final List<Finding> FOUND =
            List.of(new Finding(Severity.ERROR, "schema.unknown", "/child/Bold Ganbold", 3, 4, new Text("мн", "en")));

    private final Desk desk = mock(Desk.class, Mockito.RETURNS_DEEP_STUBS);
    private final Contents contents = new Contents(
            desk,
            mock(DeskOrders.class),
            mock(DataSource.class),
            () -> MaskingTest.MASKING,
            () -> mock(AgencyRegistry.class),
            mock(AccessLog.class),
            Clock.systemUTC());

    @Test
    void a_name_that_a_sender_has_invented_is_no_place() {
        LetterSummary summary = summary("intake.helpline");
        Letter letter = new Letter(summary, null, Map.of(), "", true, List.of(), List.of(), List.of());
        when(desk.show("l-1")).thenReturn(Optional.of(letter));
        when(desk.content("l-1"))
                .thenReturn(
                        Optional.of(new LetterContent(Map.of(), """
                        {"child": {"Bold Ganbold": "x"}}""".getBytes(StandardCharsets.UTF_8), new byte[0])));

        assertThat(contents.masked("l-1", FOUND)).singleElement().satisfies(finding -> {
            assertThat(finding.pointer()).doesNotContain("Bold").startsWith("/child/");
            assertThat(finding.line()).isEqualTo(3);
        });
    }

    private static LetterSummary summary(String origin) {
        return new LetterSummary(
                "l-1",
                LetterState.OPEN,
                1,
                origin,
                "validate",
                "refused",
                "refused",
                null,
                null,
                Instant.EPOCH,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "g",
                null,
                1,
                null,
                null,
                null,
                Instant.EPOCH,
                Instant.EPOCH,
                "hub");
    }

    @Test
    void without_its_bytes_a_letter_has_no_places() {
        when(desk.show("l-1")).thenReturn(Optional.empty());
        assertThat(contents.masked("l-1", FOUND)).extracting(Finding::pointer).containsExactly("");
    }
}
