package org.referralhub.console;

import java.util.List;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskFilter;

/** Whether the beginning of the desk has changed: what an operator sees first. */
record DeskSignal(Desk desk) implements Signal {
    private static final int SEEN = 50;

    @Override
    public String topic() {
        return "desk";
    }

    @Override
    public Object state() {
        return List.of(desk.list(DeskFilter.OPEN, null, SEEN), desk.groups(false, SEEN));
    }
}
