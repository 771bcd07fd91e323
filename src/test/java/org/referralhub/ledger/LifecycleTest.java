package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.referralhub.ledger.Lifecycle.Party;
import org.referralhub.ledger.Lifecycle.State;
import org.referralhub.message.MessageType;

class LifecycleTest {

    @Test
    void agreesWithTheDomainsTableForEveryStateMessageAndParty() throws Exception {
        Map<State, Map<MessageType, Map<Party, Set<State>>>> expected = table();

        for (State from : State.values()) {
            for (MessageType message : MessageType.values()) {
                for (Party by : Party.values()) {
                    Set<State> states = expected.getOrDefault(from, Map.of())
                            .getOrDefault(message, Map.of())
                            .getOrDefault(by, Set.of());
                    assertThat(Lifecycle.next(from, message, by))
                            .as("%s, %s by %s", from, message, by)
                            .isEqualTo(states);
                }
            }
        }
    }

    @Test
    void namesWhatWouldBeAllowed() {
        assertThat(Lifecycle.allowed(State.REQUESTED, Party.RECIPIENT))
                .containsExactly("ACCEPT", "ACK", "ESCALATE", "FEEDBACK", "REJECT");
        assertThat(Lifecycle.allowed(State.COMPLETED, Party.SENDER)).containsExactly("VOID");
    }

    @Test
    void anOutcomeFollowsItsResult() {
        assertThat(Lifecycle.next(State.ACCEPTED, MessageType.OUTCOME, Party.RECIPIENT, true))
                .contains(State.FAILED);
        assertThat(Lifecycle.next(State.ACCEPTED, MessageType.OUTCOME, Party.RECIPIENT, false))
                .contains(State.COMPLETED);
    }

    /** What the domain's own table allows. */
    static Map<State, Map<MessageType, Map<Party, Set<State>>>> table() throws Exception {
        Map<State, Map<MessageType, Map<Party, Set<State>>>> table = new EnumMap<>(State.class);
        for (String line : lines()) {
            String[] cells = line.split(",", 5);
            if (cells[0].isEmpty()) {
                // A REQUEST makes the assignment; there is no state before.
                assertThat(cells[2]).isEqualTo(State.REQUESTED.code());
                continue;
            }
            Set<State> from =
                    switch (cells[0]) {
                        case "any" -> EnumSet.allOf(State.class);
                        case "any open state" ->
                            Stream.of(State.values()).filter(State::isOpen).collect(Collectors.toSet());
                        default -> Set.of(State.of(cells[0]));
                    };
            Set<Party> by = Stream.of(Party.values())
                    .filter(party -> cells[3].contains(party.name().toLowerCase(java.util.Locale.ROOT))
                            || cells[3].equals("the hub's clock or either party"))
                    .collect(Collectors.toSet());
            assertThat(by).isNotEmpty();
            for (State state : from) {
                State to = cells[2].equals("same") ? state : State.of(cells[2]);
                for (Party party : by) {
                    table.computeIfAbsent(state, s -> new EnumMap<>(MessageType.class))
                            .computeIfAbsent(MessageType.valueOf(cells[1]), m -> new EnumMap<>(Party.class))
                            .computeIfAbsent(party, p -> EnumSet.noneOf(State.class))
                            .add(to);
                }
            }
        }
        return table;
    }

    private static List<String> lines() throws Exception {
        try (InputStream file = LifecycleTest.class.getResourceAsStream("lifecycle.csv")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .toList();
        }
    }
}
