package org.referralhub.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.MessageType;
import org.referralhub.testing.TestBroker;

class FateTest {
    private final Agency social = TestBroker.agency("social-work-1", AgencyKind.SOCIAL_WORKER, "canonical");
    private final Agency shelter = TestBroker.agency("shelter-1", AgencyKind.SHELTER, "canonical");

    @Test
    void everything_that_can_happen_to_a_referral_happens() {
        Random random = new Random(108);
        Map<Fate, Integer> drawn = new EnumMap<>(Fate.class);
        for (int i = 0; i < 1000; i++) {
            drawn.merge(Fate.any(random), 1, Integer::sum);
        }
        assertThat(drawn).containsOnlyKeys(Fate.values());
        assertThat(drawn.get(Fate.DONE)).isGreaterThan(drawn.get(Fate.SILENT));
    }

    @Test
    void who_hands_over_accepts_first() {
        assertThat(types(Fate.HANDED_OVER, social))
                .containsExactly(MessageType.ACK, MessageType.ACCEPT, MessageType.START, MessageType.TRANSFER);
    }

    @Test
    void it_is_handed_over_to_a_shelter_that_has_no_part_in_it_yet() {
        Agency police = TestBroker.agency("police-1", AgencyKind.POLICE, "canonical");
        AgencyRegistry agencies = TestBroker.agencies(
                police, social, shelter, TestBroker.agency("shelter-2", AgencyKind.SHELTER, "canonical"));

        assertThat(new Conversation("r", "shelter-1", false).successor(agencies))
                .contains("shelter-2");
        Conversation conversation = new Conversation("r", "police-1", false);
        conversation.joined("social-work-1");
        assertThat(conversation.successor(agencies)).contains("shelter-1");
        assertThat(conversation.successor(agencies)).contains("shelter-2");
        assertThat(conversation.successor(agencies)).isEmpty();
    }

    @Test
    void who_has_to_act_does_not_decline() {
        assertThat(types(Fate.DECLINED, social)).containsExactly(MessageType.ACK, MessageType.REJECT);
        for (AgencyKind kind : List.of(AgencyKind.JOINT_TEAM, AgencyKind.POLICE, AgencyKind.HELPLINE_108)) {
            assertThat(types(Fate.DECLINED, TestBroker.agency("mandated", kind, "canonical")))
                    .doesNotContain(MessageType.REJECT);
        }
    }

    @Test
    void who_is_silent_says_nothing() {
        assertThat(types(Fate.SILENT, social)).isEmpty();
        assertThat(types(Fate.ONLY_READ, social)).containsExactly(MessageType.ACK);
    }

    private List<MessageType> types(Fate fate, Agency agency) {
        return fate.sayings(agency).stream().map(Fate.Saying::type).toList();
    }
}
