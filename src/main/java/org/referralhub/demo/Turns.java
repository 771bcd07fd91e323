package org.referralhub.demo;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.referralhub.agency.Agency;
import org.referralhub.message.AgencyKind;

/** Whose turn it is to send, and to whom: in as many turns as there are kinds of agency, each kind sends and is sent to once. */
final class Turns {
    private final List<AgencyKind> kinds;
    private final Map<AgencyKind, List<Agency>> agencies;
    private final Random random;
    private int taken;

    /** Identifiers of two agencies. */
    record Turn(String sender, String recipient) {}

    Turns(List<Agency> agencies, Random random) {
        this.agencies = agencies.stream()
                .collect(Collectors.groupingBy(
                        Agency::kind, () -> new EnumMap<>(AgencyKind.class), Collectors.toUnmodifiableList()));
        this.kinds = List.copyOf(this.agencies.keySet());
        this.random = random;
    }

    /** The next turn; none when there is but one kind of agency, for nobody sends to its own. */
    Optional<Turn> next() {
        if (kinds.size() < 2) {
            return Optional.empty();
        }
        int round = taken / kinds.size();
        int sender = taken % kinds.size();
        // Another one each round, and never its own.
        int recipient = (sender + 1 + round % (kinds.size() - 1)) % kinds.size();
        taken++;
        return Optional.of(new Turn(one(kinds.get(sender)), one(kinds.get(recipient))));
    }

    private String one(AgencyKind kind) {
        List<Agency> offices = agencies.getOrDefault(kind, List.of());
        return offices.get(random.nextInt(offices.size())).id();
    }
}
