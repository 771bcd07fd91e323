package org.referralhub.console;

import java.util.List;
import java.util.Map;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Unmasking;

/** Who waits for a second person. */
record UnmaskingSignal(Contents contents) implements Signal {
    @Override
    public String topic() {
        return "unmaskings";
    }

    @Override
    public Object state() {
        return asked().stream().map(Unmasking::id).toList();
    }

    @Override
    public Map<String, Long> counters() {
        return Map.of(topic(), (long) asked().size());
    }

    private List<Unmasking> asked() {
        return contents.unmaskings(Unmasking.State.ASKED, null, null, Contents.LARGEST_PAGE);
    }
}
