package org.referralhub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.referralhub.deadletter.Foreseen.Change;
import org.referralhub.deadletter.Foreseen.Difference;
import org.referralhub.deadletter.Foreseen.Outcome;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.validation.Findings;

/** Where something is wrong is told without names that a sender has made, and of a long result only in brief. */
class PlacesTest {
    @Test
    void of_a_long_result_the_findings_of_the_first_letters_are_kept_without_names_of_a_senders_own() {
        Finding finding = Findings.of(Severity.ERROR, "schema.additional-property", "/body/Bold");
        Foreseen one = new Foreseen(
                1, "letter", Outcome.REFUSED, "refused", "REQUEST", List.of(), List.of(finding), List.of(), List.of());

        assertThat(one.brief().findings()).isEmpty();
        assertThat(one.brief().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(Places.shown(finding)).isEqualTo("/body/*");
        assertThat(Differences.between(Report.CLEAN, new Report(List.of(finding))))
                .containsExactly(new Difference("schema.additional-property /body/*", Change.ADDED));
    }
}
