package org.referralhub.ledger;

import java.util.List;
import org.referralhub.message.Finding;
import org.referralhub.message.MessageType;

/** What the ledger would do with a message if it came now. */
public sealed interface Prospect {

    /**
     * It would be taken.
     *
     * @param told whom it would go to; empty where that depends on a message that has not come yet
     */
    record Taken(List<Told> told) implements Prospect {
        public Taken {
            told = List.copyOf(told);
        }
    }

    /**
     * Somebody whom the message would go to.
     *
     * @param rule why, a code
     * @param type of what goes there: who joins a referral gets its REQUEST
     * @param canonical what goes there, before it is cut down to what the recipient may see
     */
    record Told(String recipient, String rule, MessageType type, byte[] canonical) {
        /** The message is personal. */
        @Override
        public String toString() {
            return "Told[%s, %s]".formatted(recipient, type);
        }
    }

    /**
     * The lifecycle does not allow it.
     *
     * @param early whether it would wait a moment for another that allows it, and be refused then
     */
    record Refused(List<Finding> findings, boolean early) implements Prospect {
        public Refused {
            findings = List.copyOf(findings);
        }
    }

    /** It is known already, and would only get its receipt again. */
    record Repeat() implements Prospect {}

    /** Something else is known by its sender and id. */
    record Conflict() implements Prospect {}

    /** Nobody could be found to act on it. */
    record Nobody() implements Prospect {}
}
