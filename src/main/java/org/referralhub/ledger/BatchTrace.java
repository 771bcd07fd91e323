package org.referralhub.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.referralhub.message.Headers;
import org.referralhub.trace.Stage;
import org.referralhub.trace.Traces;

/**
 * The steps that a batch is in the traces of its messages: one for each message that is part of a trace, as long as the batch.
 * A batch that comes again after a crash is another step of the same traces.
 */
final class BatchTrace {
    private final List<LedgerInput> inputs;
    private final List<Traces.Step> steps;
    private boolean done;

    private BatchTrace(List<LedgerInput> inputs, List<Traces.Step> steps) {
        this.inputs = inputs;
        this.steps = steps;
    }

    /** Begins with these messages. */
    static BatchTrace begin(Traces traces, List<LedgerInput> batch) {
        if (!traces.isOn()) {
            return new BatchTrace(batch, List.of());
        }
        List<LedgerInput> inputs = new ArrayList<>(batch.size());
        List<Traces.Step> steps = new ArrayList<>(batch.size());
        for (LedgerInput input : batch) {
            String context = input.property(Headers.TRACE);
            if (context == null) {
                inputs.add(input);
                continue;
            }
            Traces.Step step = traces.begin(Stage.LEDGER, context);
            step.note("hub.agency", input.property(Headers.SENDER));
            step.note("hub.message.type", input.property(Headers.MESSAGE_TYPE));
            step.note("hub.urgency", input.property(Headers.URGENCY));
            step.note("hub.referral", input.property(Headers.REFERRAL_ID));
            step.note("hub.batch", Integer.toString(batch.size()));
            steps.add(step);
            Map<String, String> properties = new HashMap<>(input.properties());
            String mine = step.context();
            properties.put(Headers.TRACE, mine == null ? context : mine);
            inputs.add(new LedgerInput(input.token(), input.kind(), properties, input.body()));
        }
        return new BatchTrace(inputs, steps);
    }

    /** The messages; what follows from them is part of these steps. */
    List<LedgerInput> inputs() {
        return inputs;
    }

    /** Everything is committed. */
    void done() {
        done = true;
    }

    /** It is over, well or not. */
    void end() {
        for (Traces.Step step : steps) {
            if (!done) {
                step.fail("rolled-back");
            }
            step.end();
        }
    }
}
