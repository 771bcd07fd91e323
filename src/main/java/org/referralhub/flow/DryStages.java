package org.referralhub.flow;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import org.referralhub.deadletter.Stages;
import org.referralhub.dialect.Received;
import org.referralhub.dialect.TranslationException;
import org.referralhub.message.Report;

/** Intake and delivery by one version of the configuration, as the routes call them, with nothing behind them. */
public final class DryStages implements Stages {
    private static final byte[] NOTHING = {};

    private final Handbook handbook;
    private final Delivery delivery;

    public DryStages(Handbook handbook) {
        this.handbook = handbook;
        this.delivery = new Delivery(() -> handbook, new ObjectMapper());
    }

    @Override
    public List<Received> intake(String sender, String dialect, byte[] original, Instant now) {
        if (handbook.agencies().find(sender).isEmpty()) {
            throw new StageFailure("unknown-agency");
        }
        try {
            return handbook.translator().inboundEach(dialect, sender, original, now);
        } catch (IllegalArgumentException e) {
            // Its door is closed: there is no such dialect any more.
            throw new StageFailure("unknown-dialect");
        } catch (RuntimeException e) {
            throw new StageFailure(Failures.code(e));
        }
    }

    @Override
    public Written delivery(String recipient, byte[] canonical) {
        try {
            byte[] document = delivery.translate(delivery.minimise(canonical, recipient, null, null), new HashMap<>());
            return new Written(null, Report.CLEAN, document);
        } catch (TranslationException e) {
            return new Written(Failures.code(e), e.report(), NOTHING);
        } catch (IOException | RuntimeException e) {
            return new Written(Failures.code(e), Report.CLEAN, NOTHING);
        }
    }

    @Override
    public boolean hasCourier(String agency) {
        return handbook.agencies()
                .find(agency)
                .map(found -> found.reach().courier() != null)
                .orElse(false);
    }
}
