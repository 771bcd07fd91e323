package org.referralhub.ledger;

import static org.referralhub.ledger.Lifecycle.Party.RECIPIENT;
import static org.referralhub.ledger.Lifecycle.Party.SENDER;
import static org.referralhub.ledger.Lifecycle.State.ACCEPTED;
import static org.referralhub.ledger.Lifecycle.State.CANCELLED;
import static org.referralhub.ledger.Lifecycle.State.COMPLETED;
import static org.referralhub.ledger.Lifecycle.State.ENTERED_IN_ERROR;
import static org.referralhub.ledger.Lifecycle.State.FAILED;
import static org.referralhub.ledger.Lifecycle.State.IN_PROGRESS;
import static org.referralhub.ledger.Lifecycle.State.ON_HOLD;
import static org.referralhub.ledger.Lifecycle.State.RECEIVED;
import static org.referralhub.ledger.Lifecycle.State.REJECTED;
import static org.referralhub.ledger.Lifecycle.State.REQUESTED;
import static org.referralhub.ledger.Lifecycle.State.TRANSFERRED;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.referralhub.message.MessageType;

/**
 * The states of an assignment and what moves it from one to the next: the one transition table of the hub. A test holds it
 * against the domain's own table.
 */
public final class Lifecycle {
    /** Where one recipient's part of a referral stands. */
    public enum State {
        REQUESTED(true),
        RECEIVED(true),
        ACCEPTED(true),
        IN_PROGRESS(true),
        ON_HOLD(true),
        COMPLETED(false),
        FAILED(false),
        REJECTED(false),
        TRANSFERRED(false),
        CANCELLED(false),
        ENTERED_IN_ERROR(false);

        private final boolean open;
        private final String code;

        State(boolean open) {
            this.open = open;
            this.code = name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /** True while somebody still has to act. */
        public boolean isOpen() {
            return open;
        }

        /** As it is stored and shown, for example {@code in-progress}. */
        public String code() {
            return code;
        }

        /** The state with this code. */
        public static State of(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }

    /** In which role an agency speaks. */
    public enum Party {
        SENDER,
        RECIPIENT
    }

    /** One row of the table; an empty {@code to} leaves the state as it is. */
    record Transition(Set<State> from, MessageType message, Optional<State> to, Set<Party> by) {}

    private static final Set<State> OPEN =
            Stream.of(State.values()).filter(State::isOpen).collect(Collectors.toUnmodifiableSet());
    private static final Set<State> ANY = Set.of(State.values());

    private static final List<Transition> TABLE = List.of(
            moves(Set.of(REQUESTED), MessageType.ACK, RECEIVED, RECIPIENT),
            moves(Set.of(REQUESTED, RECEIVED), MessageType.ACCEPT, ACCEPTED, RECIPIENT),
            moves(Set.of(REQUESTED, RECEIVED), MessageType.REJECT, REJECTED, RECIPIENT),
            moves(Set.of(ACCEPTED, ON_HOLD), MessageType.START, IN_PROGRESS, RECIPIENT),
            moves(Set.of(ACCEPTED, IN_PROGRESS), MessageType.HOLD, ON_HOLD, RECIPIENT),
            // Completed or failed: the body of the OUTCOME says which.
            moves(Set.of(ACCEPTED, IN_PROGRESS, ON_HOLD), MessageType.OUTCOME, COMPLETED, RECIPIENT),
            moves(Set.of(ACCEPTED, IN_PROGRESS, ON_HOLD), MessageType.OUTCOME, FAILED, RECIPIENT),
            moves(Set.of(REQUESTED, RECEIVED), MessageType.RECALL, CANCELLED, SENDER),
            moves(Set.of(ACCEPTED, IN_PROGRESS, ON_HOLD), MessageType.RECALL, CANCELLED, SENDER, RECIPIENT),
            moves(Set.of(ACCEPTED, IN_PROGRESS), MessageType.TRANSFER, TRANSFERRED, RECIPIENT),
            keeps(OPEN, MessageType.AMEND, SENDER),
            keeps(OPEN, MessageType.FEEDBACK, RECIPIENT),
            keeps(OPEN, MessageType.ESCALATE, SENDER, RECIPIENT),
            moves(ANY, MessageType.VOID, ENTERED_IN_ERROR, SENDER));

    private Lifecycle() {}

    private static Transition moves(Set<State> from, MessageType message, State to, Party... by) {
        return new Transition(from, message, Optional.of(to), EnumSet.copyOf(List.of(by)));
    }

    private static Transition keeps(Set<State> from, MessageType message, Party... by) {
        return new Transition(from, message, Optional.empty(), EnumSet.copyOf(List.of(by)));
    }

    /** Every state that the message may lead to; empty when the table forbids it. */
    static Set<State> next(State from, MessageType message, Party by) {
        Set<State> states = EnumSet.noneOf(State.class);
        for (Transition transition : TABLE) {
            if (transition.message() == message
                    && transition.from().contains(from)
                    && transition.by().contains(by)) {
                states.add(transition.to().orElse(from));
            }
        }
        return states;
    }

    /**
     * The state that the message leads to.
     *
     * @param failed whether an OUTCOME says that the work failed; without meaning for other messages
     * @return empty when the table forbids it
     */
    static Optional<State> next(State from, MessageType message, Party by, boolean failed) {
        Set<State> states = next(from, message, by);
        if (message == MessageType.OUTCOME) {
            State outcome = failed ? FAILED : COMPLETED;
            return states.contains(outcome) ? Optional.of(outcome) : Optional.empty();
        }
        return states.stream().findFirst();
    }

    /**
     * Whether the table, which forbids the message in this state, may allow it after messages that are still on their way:
     * some state that can be reached from this one allows it.
     */
    static boolean mayYetAllow(State from, MessageType message, Party by) {
        Set<State> reached = EnumSet.of(from);
        List<State> rest = new ArrayList<>(reached);
        while (!rest.isEmpty()) {
            State state = rest.remove(rest.size() - 1);
            if (!next(state, message, by).isEmpty()) {
                return true;
            }
            for (Transition transition : TABLE) {
                if (transition.from().contains(state)
                        && transition.to().isPresent()
                        && reached.add(transition.to().get())) {
                    rest.add(transition.to().get());
                }
            }
        }
        return false;
    }

    /** Names of the messages that this party may send in this state, in alphabetical order. */
    static Set<String> allowed(State from, Party by) {
        Set<String> allowed = new TreeSet<>();
        for (Transition transition : TABLE) {
            if (transition.from().contains(from) && transition.by().contains(by)) {
                allowed.add(transition.message().name());
            }
        }
        return allowed;
    }
}
