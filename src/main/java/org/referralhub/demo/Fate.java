package org.referralhub.demo;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.referralhub.agency.Agency;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.MessageType;

/** What an invented agency makes of a referral that it gets. */
enum Fate {
    /** Works on it and closes it. */
    DONE(11),
    /** Works on it, and still does when the visitor looks. */
    UNDER_WAY(3),
    /** Says nothing at all, so that its deadlines run out. */
    SILENT(2),
    /** Says that it has read it, and nothing more: the second deadline runs out. */
    ONLY_READ(1),
    DECLINED(2),
    /** Accepts, and then finds that another agency is better placed. */
    HANDED_OVER(2);

    private static final Saying READ = new Saying(MessageType.ACK, 1, 6, "{}");
    private static final Saying TAKEN = new Saying(MessageType.ACCEPT, 5, 20, "{}");
    private static final Saying BEGUN = new Saying(MessageType.START, 10, 30, "{}");
    private static final Set<AgencyKind> MANDATED =
            Set.of(AgencyKind.JOINT_TEAM, AgencyKind.POLICE, AgencyKind.HELPLINE_108);
    private static final int TOTAL =
            List.of(values()).stream().mapToInt(fate -> fate.weight).sum();

    private final int weight;

    Fate(int weight) {
        this.weight = weight;
    }

    /**
     * One message of an agency.
     *
     * @param fromSeconds after the one before, at the earliest
     * @param toSeconds after the one before, at the latest
     * @param body JSON of the canonical body; {@code %s} in that of a TRANSFER stands for who takes over
     */
    record Saying(MessageType type, int fromSeconds, int toSeconds, String body) {}

    static Fate any(Random random) {
        int number = random.nextInt(TOTAL);
        for (Fate fate : values()) {
            number -= fate.weight;
            if (number < 0) {
                return fate;
            }
        }
        throw new IllegalStateException("the weights do not add up");
    }

    /** What the agency says, in order. */
    List<Saying> sayings(Agency agency) {
        return switch (this) {
            case SILENT -> List.of();
            case ONLY_READ -> List.of(READ);
            // These may not decline what is immediate without naming another; they take what they get.
            case DECLINED ->
                MANDATED.contains(agency.kind())
                        ? UNDER_WAY.sayings(agency)
                        : List.of(READ, new Saying(MessageType.REJECT, 5, 20, "{\"reason\": \"NO_CAPACITY\"}"));
            case UNDER_WAY -> List.of(READ, TAKEN, BEGUN);
            // To whom is seen when its time has come.
            case HANDED_OVER ->
                List.of(
                        READ,
                        TAKEN,
                        BEGUN,
                        new Saying(
                                MessageType.TRANSFER,
                                10,
                                30,
                                "{\"to\": \"%s\", \"reason\": \"Хүүхдэд түр байр хэрэгтэй.\"}"));
            case DONE ->
                List.of(
                        READ,
                        TAKEN,
                        BEGUN,
                        new Saying(
                                MessageType.OUTCOME,
                                20,
                                90,
                                "{\"result\": \"COMPLETED\", \"closeReason\": \"SERVICE_IMPLEMENTED\"}"));
        };
    }
}
