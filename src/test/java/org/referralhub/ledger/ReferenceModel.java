package org.referralhub.ledger;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.referralhub.ledger.Lifecycle.Party;
import org.referralhub.ledger.Lifecycle.State;
import org.referralhub.message.MessageType;

/** One referral as the domain's table and the rules of the trade have it, without a database, queues or kills. */
final class ReferenceModel {
    private static final Set<State> ASKED = Set.of(State.REQUESTED, State.RECEIVED);

    /** What an agency says; target is the agency that TRANSFER, REJECT or ESCALATE names. */
    record Said(String by, String id, MessageType type, String target, boolean failed, boolean withdraws) {}

    private enum Answer {
        ACCEPTED,
        REFUSED,
        WAITS
    }

    private final Map<State, Map<MessageType, Map<Party, Set<State>>>> table;
    private final String sender;
    private final List<String> recipients;
    private boolean open;
    private boolean consentRefused;
    private final List<Said> waiting = new ArrayList<>();
    private final Set<String> handingOver = new HashSet<>();
    private final Map<String, String> predecessors = new HashMap<>();
    private final Set<String> mustAcknowledge = new HashSet<>();
    final Map<String, State> states = new LinkedHashMap<>();
    /** What became of each message. */
    final Map<String, String> decided = new HashMap<>();

    ReferenceModel(Map<State, Map<MessageType, Map<Party, Set<State>>>> table, String sender, List<String> recipients) {
        this.table = table;
        this.sender = sender;
        this.recipients = recipients;
    }

    void hear(Said said) {
        Answer answer = answer(said);
        if (answer == Answer.WAITS) {
            waiting.add(said);
        } else {
            decided.put(said.id(), answer == Answer.ACCEPTED ? "accepted" : "refused");
        }
        for (int i = 0; i < waiting.size(); i++) {
            Said early = waiting.get(i);
            Answer now = answer(early);
            if (now != Answer.WAITS) {
                decided.put(early.id(), now == Answer.ACCEPTED ? "accepted" : "refused");
                waiting.remove(i);
                i = -1;
            }
        }
    }

    void timeIsUp() {
        waiting.forEach(early -> decided.put(early.id(), "refused"));
        waiting.clear();
    }

    boolean isHandingOver(String agency) {
        return handingOver.contains(agency);
    }

    private Answer answer(Said said) {
        if (said.type() == MessageType.REQUEST) {
            open = true;
            recipients.forEach(recipient -> states.put(recipient, State.REQUESTED));
            return Answer.ACCEPTED;
        }
        if (!open || !said.by().equals(sender) && !states.containsKey(said.by())) {
            return Answer.WAITS;
        }
        return said.by().equals(sender) ? senderSays(said) : recipientSays(said);
    }

    private Answer senderSays(Said said) {
        if (said.type() == MessageType.ACK && mustAcknowledge.remove(sender)) {
            return Answer.ACCEPTED;
        }
        Map<String, State> next = new LinkedHashMap<>();
        states.forEach((agency, state) -> {
            Set<State> to = to(state, said.type(), Party.SENDER);
            if (!to.isEmpty()) {
                next.put(agency, to.iterator().next());
            }
        });
        if (next.isEmpty() || !possible(said)) {
            return Answer.REFUSED;
        }
        Map<String, State> before = new HashMap<>(states);
        states.putAll(next);
        next.forEach((agency, state) -> ended(agency, before.get(agency)));
        if (said.type() == MessageType.RECALL
                || said.type() == MessageType.VOID
                || said.withdraws() && !consentRefused) {
            mustAcknowledge.addAll(states.keySet());
        }
        consentRefused |= said.withdraws();
        add(said, null);
        return Answer.ACCEPTED;
    }

    private Answer recipientSays(Said said) {
        State from = states.get(said.by());
        Set<State> to = to(from, said.type(), Party.RECIPIENT);
        if (to.isEmpty()) {
            if (said.type() == MessageType.ACK && mustAcknowledge.remove(said.by())) {
                return Answer.ACCEPTED;
            }
            return reachable(from, said.type()) ? Answer.WAITS : Answer.REFUSED;
        }
        if (!possible(said)) {
            return Answer.REFUSED;
        }
        if (said.type() == MessageType.TRANSFER) {
            handingOver.add(said.by());
            add(said, said.by());
            return Answer.ACCEPTED;
        }
        State next = said.type() == MessageType.OUTCOME
                ? said.failed() ? State.FAILED : State.COMPLETED
                : to.iterator().next();
        states.put(said.by(), next);
        if (said.type() == MessageType.RECALL) {
            mustAcknowledge.add(sender);
        }
        String old = predecessors.get(said.by());
        boolean asked = ASKED.contains(from) && old != null && handingOver.contains(old);
        if (asked && next == State.ACCEPTED) {
            states.put(old, State.TRANSFERRED);
            handingOver.remove(old);
        }
        boolean redirected = said.type() == MessageType.REJECT && said.target() != null;
        if (redirected) {
            add(said, asked ? old : null);
        } else {
            ended(said.by(), from);
            add(said, null);
        }
        return Answer.ACCEPTED;
    }

    /** Nothing is pending for one that has ended, nor when the last one that was asked to take over has dropped out. */
    private void ended(String agency, State before) {
        if (states.get(agency).isOpen()) {
            return;
        }
        handingOver.remove(agency);
        String old = predecessors.get(agency);
        if (old != null && ASKED.contains(before)) {
            boolean others = states.keySet().stream()
                    .anyMatch(other -> old.equals(predecessors.get(other)) && ASKED.contains(states.get(other)));
            if (!others) {
                handingOver.remove(old);
            }
        }
    }

    private static boolean names(MessageType type) {
        return type == MessageType.TRANSFER || type == MessageType.REJECT || type == MessageType.ESCALATE;
    }

    private boolean possible(Said said) {
        return !names(said.type())
                || said.target() == null
                || !consentRefused
                        && !said.target().equals(sender)
                        && (!states.containsKey(said.target())
                                || !states.get(said.target()).isOpen());
    }

    private void add(Said said, String predecessor) {
        if (names(said.type()) && said.target() != null) {
            states.put(said.target(), State.REQUESTED);
            handingOver.remove(said.target());
            if (predecessor == null) {
                predecessors.remove(said.target());
            } else {
                predecessors.put(said.target(), predecessor);
            }
        }
    }

    private Set<State> to(State from, MessageType type, Party by) {
        return table.getOrDefault(from, Map.of()).getOrDefault(type, Map.of()).getOrDefault(by, Set.of());
    }

    private boolean reachable(State from, MessageType type) {
        Set<State> seen = new HashSet<>(Set.of(from));
        Deque<State> rest = new ArrayDeque<>(seen);
        while (!rest.isEmpty()) {
            State state = rest.pop();
            if (!to(state, type, Party.RECIPIENT).isEmpty()) {
                return true;
            }
            table.getOrDefault(state, Map.of()).values().forEach(byParty -> byParty.values()
                    .forEach(states -> states.stream().filter(seen::add).forEach(rest::push)));
        }
        return false;
    }
}
