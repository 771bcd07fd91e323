package org.referralhub.deadletter;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;

/**
 * What would become of one letter if it went now. Nothing in it is personal: places and codes, never values.
 *
 * @param number its place in the rehearsal, from 1, in the order of the desk
 * @param letter its id
 * @param outcome what it would come to
 * @param cause code of what stands in the way; on {@link Outcome#NOTHING} why nothing would be done; null otherwise
 * @param messageType of what it holds, where it could be read
 * @param recipients who would get it; for a letter from intake all whom the rules choose today
 * @param findings what the checks would say, at most {@value #MOST}
 * @param differences to what failed, at most {@value #MOST}
 * @param remarks codes of what was not tried
 */
public record Foreseen(
        int number,
        String letter,
        Outcome outcome,
        @Nullable String cause,
        @Nullable String messageType,
        List<Recipient> recipients,
        List<Finding> findings,
        List<Difference> differences,
        List<String> remarks) {
    /** Without findings and differences, of which twenty thousand letters may have more than memory holds. */
    Foreseen brief() {
        return new Foreseen(number, letter, outcome, cause, messageType, recipients, List.of(), List.of(), remarks);
    }

    /** Of findings and of differences that are kept of one letter. */
    public static final int MOST = 30;

    public Foreseen {
        recipients = List.copyOf(recipients);
        findings = List.copyOf(findings.subList(0, Math.min(MOST, findings.size())));
        differences = List.copyOf(differences.subList(0, Math.min(MOST, differences.size())));
        remarks = List.copyOf(remarks);
    }

    /** A letter that is not there any more. */
    static Foreseen gone(int number, String letter) {
        return new Foreseen(
                number, letter, Outcome.NOTHING, "not-open", null, List.of(), List.of(), List.of(), List.of());
    }

    /** What a letter would come to. */
    public enum Outcome {
        /** Its recipient would have it in the inbox. */
        DELIVERED,
        /** The hub would take it, and send it to its recipients. */
        ACCEPTED,
        /** It would be refused to its sender again. */
        REFUSED,
        /** It would be called off: its recipient's part is over, or must not be told any more. */
        WITHDRAWN,
        /** It would come back to the desk. */
        FAILS,
        /** Nothing would be done: it has gone already, or the same is known. */
        NOTHING,
        /** It can't be told. */
        UNKNOWN
    }

    /**
     * Somebody who would get it.
     *
     * @param agency its id
     * @param rule why, a code
     * @param cause why it could not be written for this one; null when it could
     */
    public record Recipient(
            String agency, String rule, @Nullable String cause) {}

    /**
     * Something that is otherwise than it was when the letter failed.
     *
     * @param where a JSON Pointer into the canonical message, {@code document}, or a finding's code and place
     */
    public record Difference(String where, Change change) {}

    /** How it is otherwise. */
    public enum Change {
        ADDED,
        CHANGED,
        GONE;

        /** As the JSON has it. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
