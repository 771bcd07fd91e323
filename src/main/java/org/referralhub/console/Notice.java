package org.referralhub.console;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.DeskOutcome;

/**
 * What became of what the reader has just ordered; shown once, on the next page.
 *
 * @param kind {@code good}, {@code warn} or {@code bad}
 * @param key of its text
 * @param values for the text's placeholders
 */
public record Notice(String kind, String key, List<Object> values) {
    /** Name of the attribute under which pages look for it. */
    static final String NAME = "notice";

    public Notice {
        values = List.copyOf(values);
    }

    /** For a text without placeholders. */
    static Notice of(String kind, String key, Object... values) {
        return new Notice(kind, key, List.of(values));
    }

    /** Placeholders as the templates take them. */
    public Object[] parameters() {
        return values.toArray();
    }

    /** One order: done, kept until the ledger comes to it, or refused with what the letter has become. */
    static Notice of(DeskOrders.Answer answer, Frame frame) {
        DeskOutcome outcome = answer.outcome();
        if (outcome == null) {
            return of("warn", "order.requested");
        }
        if (outcome.isDone()) {
            return of("good", "order.done");
        }
        String why = frame.words().of("outcome." + outcome.code(), "");
        if (!why.isEmpty()
                && !outcome.code().equals(DeskOutcome.CHANGED)
                && !outcome.code().equals(DeskOutcome.NOT_ALLOWED)) {
            return of("bad", "order.why", why);
        }
        String state = outcome.detail().get("state");
        if (state == null) {
            return of("bad", "order.refused");
        }
        return of(
                "bad",
                "order.changed",
                frame.words().of("state." + state, state),
                or(outcome.detail().get("by")),
                frame.times().minute(moment(outcome.detail().get("at"))));
    }

    /** Many orders of one kind. */
    static Notice of(List<DeskOrders.Answer> answers) {
        long done = answers.stream().filter(DeskOrders.Answer::isDone).count();
        long requested = answers.stream().filter(DeskOrders.Answer::isRequested).count();
        long refused = answers.size() - done - requested;
        return of(refused > 0 ? "bad" : requested > 0 ? "warn" : "good", "orders.counts", done, requested, refused);
    }

    private static Object or(@Nullable String text) {
        return text == null ? "?" : text;
    }

    private static @Nullable Instant moment(@Nullable String text) {
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }
}
