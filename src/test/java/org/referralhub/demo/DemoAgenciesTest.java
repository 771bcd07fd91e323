package org.referralhub.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.dialect.Dialects;
import org.referralhub.message.AgencyKind;
import org.referralhub.testing.TestBroker;

/** Whoever takes part in reality takes part in the demo, in every format that there is. */
class DemoAgenciesTest {
    private static Dialects dialects;
    private static List<Agency> agencies;

    @BeforeAll
    static void load() {
        HubHome home = new HubHome(Path.of("").toAbsolutePath());
        Faults faults = new Faults();
        Places places = Places.load(home, faults);
        dialects = Dialects.load(home, CodeLists.load(home, faults), places, faults);
        agencies = List.copyOf(AgencyRegistry.load(home, true, places, dialects.names(), faults)
                .all());
        faults.throwIfAny();
    }

    @Test
    void every_kind_of_agency_has_an_office() {
        assertThat(agencies).extracting(Agency::kind).contains(AgencyKind.values());
    }

    @Test
    void every_dialect_is_spoken_by_an_office() {
        assertThat(agencies.stream().map(Agency::dialect).collect(Collectors.toSet()))
                .isEqualTo(dialects.names());
    }

    @Test
    void in_as_many_turns_as_there_are_kinds_each_sends_and_is_sent_to() {
        Turns turns = new Turns(agencies, new Random(108));
        Map<String, AgencyKind> kinds = new HashMap<>();
        agencies.forEach(agency -> kinds.put(agency.id(), agency.kind()));
        for (int round = 0; round < 2 * AgencyKind.values().length; round++) {
            Set<AgencyKind> sent = EnumSet.noneOf(AgencyKind.class);
            Set<AgencyKind> received = EnumSet.noneOf(AgencyKind.class);
            for (int i = 0; i < AgencyKind.values().length; i++) {
                Turns.Turn turn = turns.next().orElseThrow();
                assertThat(turn.sender()).isNotEqualTo(turn.recipient());
                sent.add(kinds.get(turn.sender()));
                received.add(kinds.get(turn.recipient()));
            }
            assertThat(sent).containsExactlyInAnyOrder(AgencyKind.values());
            assertThat(received).containsExactlyInAnyOrder(AgencyKind.values());
        }
    }

    @Test
    void one_kind_alone_has_nobody_to_send_to() {
        Turns turns = new Turns(List.of(TestBroker.agency("a", AgencyKind.COURT, "canonical")), new Random(1));
        assertThat(turns.next()).isEmpty();
    }
}
