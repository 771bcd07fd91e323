package org.referralhub.agency;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Queues;
import org.referralhub.message.Text;

/**
 * One office that takes part.
 *
 * @param id its name on the hub and its user name everywhere: 2 to 64 of a-z, 0-9 and hyphen
 * @param kind what it is; decides what it may see
 * @param name what people call it
 * @param serves codes of the places it serves, or {@link #EVERYWHERE} alone
 * @param dialect the format it speaks
 * @param hours when somebody is there
 * @param reach how a message gets to it
 * @param exercise true when all that it sends is an exercise: it reaches the agency it names and nobody else, nobody is asked
 *     instead when that one is silent, no alarm is raised, no figure counts it, and no rule ever chooses it
 * @param expectedEvery operators are told when nothing has come from it for so long; null: it is compared with its own past
 */
public record Agency(
        String id,
        AgencyKind kind,
        Text name,
        Set<String> serves,
        String dialect,
        OpeningHours hours,
        Reach reach,
        boolean exercise,
        @Nullable Duration expectedEvery) {

    /** In {@code serves}: the whole country. */
    public static final String EVERYWHERE = "*";

    public Agency {
        serves = Set.copyOf(serves);
    }

    /** An office whose messages are in earnest. */
    public Agency(
            String id,
            AgencyKind kind,
            Text name,
            Set<String> serves,
            String dialect,
            OpeningHours hours,
            Reach reach) {
        this(id, kind, name, serves, dialect, hours, reach, false, null);
    }

    /** The queue it receives from. */
    public String inbox() {
        return Queues.inbox(id);
    }

    /** The queue it sends to. */
    public String intake() {
        return Queues.intake(dialect);
    }

    /** True when it serves the whole country. */
    public boolean servesEverywhere() {
        return serves.contains(EVERYWHERE);
    }
}
