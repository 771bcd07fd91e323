package org.referralhub.deadletter;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Rulebook;

/** An operator pauses a run, resumes it, or ends it. */
final class RunOrders implements DeskAction {
    static final String PAUSE = "run-pause";
    static final String RESUME = "run-resume";
    static final String STOP = "run-stop";

    private final String name;
    private final RunState to;
    private final Set<RunState> from;

    private RunOrders(String name, RunState to, Set<RunState> from) {
        this.name = name;
        this.to = to;
        this.from = from;
    }

    static RunOrders pause() {
        return new RunOrders(PAUSE, RunState.PAUSED, EnumSet.of(RunState.RUNNING));
    }

    static RunOrders resume() {
        return new RunOrders(RESUME, RunState.RUNNING, EnumSet.of(RunState.PAUSED, RunState.HALTED));
    }

    static RunOrders stop() {
        return new RunOrders(STOP, RunState.STOPPED, EnumSet.of(RunState.RUNNING, RunState.PAUSED, RunState.HALTED));
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public DeskOutcome perform(DeskOrder order, LedgerTransaction transaction, Rulebook rules) throws SQLException {
        RunRows.Row run = RunRows.find(transaction, order.subject());
        if (run == null) {
            return DeskOutcome.unknown();
        }
        if (!from.contains(run.state())) {
            return run.refused();
        }
        RunRows.move(transaction, run, to, order.actor(), null);
        return DeskOutcome.done();
    }
}
