package org.referralhub.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Keeps each referral under the terms it can be found by. What a term is follows from the referral alone, so whatever changes
 * a referral in a batch changes its terms when the batch ends.
 */
final class SearchIndex {
    /** Every referral has it. */
    static final String ALL = "all";
    /** Somebody has still to accept or decline it, or to say that it knows that it is called off. */
    static final String UNANSWERED = "unanswered";

    /** Earlier reports that one report is compared with: more would tell the team nothing new. */
    private static final int SIGNALS = 5;

    private final Function<String, List<String>> upward;
    private final ChildKeys keys;

    /** @param upward code of a place to the codes of itself and all that contain it */
    SearchIndex(Function<String, List<String>> upward, ChildKeys keys) {
        this.upward = upward;
        this.keys = keys;
    }

    static String agency(String id) {
        return "agency:" + id;
    }

    static String place(String code) {
        return "place:" + code;
    }

    static String concern(String code) {
        return "concern:" + code.toUpperCase(Locale.ROOT);
    }

    static String urgency(String code) {
        return "urgency:" + code;
    }

    static String state(String code) {
        return "state:" + code;
    }

    /** The terms of the referral as it is now, without those of the child. */
    Set<String> terms(Referral referral) {
        Set<String> terms = new LinkedHashSet<>();
        terms.add(ALL);
        terms.add(agency(referral.sender));
        terms.add(urgency(referral.facts.urgency().name()));
        for (String concern : referral.facts.concerns().split(",")) {
            if (!concern.isEmpty()) {
                terms.add(concern(concern));
            }
        }
        String place = referral.facts.place();
        if (place != null) {
            terms.add(place(place));
            upward.apply(place).forEach(code -> terms.add(place(code)));
        }
        if (referral.recallOpen) {
            terms.add(UNANSWERED);
        }
        for (Referral.Assignment assignment : referral.assignments.values()) {
            terms.add(agency(assignment.recipient));
            terms.add(state(assignment.state.code()));
            if (assignment.state == Lifecycle.State.REQUESTED || assignment.state == Lifecycle.State.RECEIVED) {
                terms.add(UNANSWERED);
            }
        }
        return terms;
    }

    /** Adds what is known of the child. Terms of an earlier name or number stay: they find it too. */
    void child(Postings postings, Referral referral, JsonNode body) {
        referral.child = keys.terms(body);
        referral.child.forEach(term -> postings.add(term, referral));
    }

    Set<String> hashes(JsonNode body) {
        return keys.terms(body);
    }

    /** Ids of the other referrals about the child that {@link #child} has noted, the latest first, but for those known. */
    List<String> sameChild(LedgerTransaction transaction, Postings postings, Referral referral, Set<String> known)
            throws SQLException {
        Set<String> fresh = new LinkedHashSet<>(referral.child);
        fresh.removeAll(known);
        Set<String> others = others(transaction, postings, referral, fresh);
        if (!others.isEmpty()) {
            others.removeAll(others(transaction, postings, referral, known));
        }
        return others.stream().limit(SIGNALS).toList();
    }

    private static Set<String> others(
            LedgerTransaction transaction, Postings postings, Referral referral, Set<String> terms)
            throws SQLException {
        Set<String> others = new LinkedHashSet<>();
        for (String term : terms) {
            if (term.startsWith(ChildKeys.SAME)) {
                others.addAll(postings.others(transaction, term, referral.id, SIGNALS));
            }
        }
        return others;
    }

    /** Brings the index up to what the referrals are now. */
    void write(Postings postings, Collection<Referral> referrals) {
        for (Referral referral : referrals) {
            Set<String> terms = terms(referral);
            for (String term : terms) {
                if (!referral.indexed.contains(term)) {
                    postings.add(term, referral);
                }
            }
            for (String term : referral.indexed) {
                if (!terms.contains(term)) {
                    postings.remove(term, referral);
                }
            }
            referral.indexed = terms;
        }
    }
}
