package org.referralhub.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How fast a message goes to the ledger. */
class UrgencyTest {
    @ParameterizedTest
    @CsvSource({"AMEND, ROUTINE", "RECALL, ROUTINE", "VOID, ROUTINE"})
    void whatFollowsARequestDoesNotOvertakeIt(String type, Urgency urgency) throws Exception {
        assertThat(onTheWayIn(type)).isEqualTo(urgency);
    }

    /** One priority for all, so that they come in the order in which the recipient sent them. */
    @ParameterizedTest
    @EnumSource(names = {"ACK", "ACCEPT", "REJECT", "START", "HOLD", "FEEDBACK", "OUTCOME", "TRANSFER", "ESCALATE"})
    void whatARecipientSaysGoesEquallyFast(MessageType type) throws Exception {
        assertThat(onTheWayIn(type.name())).isEqualTo(Urgency.URGENT);
    }

    @ParameterizedTest
    @EnumSource
    void aRequestSaysItself(Urgency urgency) throws Exception {
        assertThat(Urgency.onTheWayIn(new ObjectMapper()
                        .readTree("{\"messageType\":\"REQUEST\",\"body\":{\"urgency\":\"" + urgency + "\"}}")))
                .isEqualTo(urgency);
    }

    private static Urgency onTheWayIn(String type) throws Exception {
        return Urgency.onTheWayIn(new ObjectMapper().readTree("{\"messageType\":\"" + type + "\"}"));
    }
}
