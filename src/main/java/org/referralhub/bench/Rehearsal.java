package org.referralhub.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Translator;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.message.Parcel;
import org.referralhub.recipient.Choice;
import org.referralhub.recipient.RecipientRules;
import org.referralhub.validation.ReportJson;

/** Finds out, with the hub's own parts and without sending anything, what each variant of the mix weighs on each hop. */
final class Rehearsal {
    /** A receipt is not made before the ledger makes it: about so much with its deadlines and what is withheld. */
    private static final int RECEIPT = 2_100;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Translator translator;
    private final RecipientRules rules;
    private final Disclosure disclosure;
    private final AgencyRegistry agencies;

    Rehearsal(Translator translator, RecipientRules rules, Disclosure disclosure, AgencyRegistry agencies) {
        this.translator = translator;
        this.rules = rules;
        this.disclosure = disclosure;
        this.agencies = agencies;
    }

    /** @throws BenchException when the hub would refuse the referral: the mix must be valid */
    Shape shape(Sending referral, Instant now) {
        Inbound inbound = translator.inbound(referral.dialect(), referral.agency(), referral.bytes(), now);
        if (!(inbound instanceof Inbound.Accepted accepted)) {
            throw new BenchException("variant " + referral.variant() + " of the mix is refused: "
                    + inbound.report().findings());
        }
        byte[] canonical = bytes(accepted.canonical());
        List<Shape.Copy> copies = new ArrayList<>();
        for (Choice choice : rules.choose(accepted.canonical(), now)) {
            Agency agency = choice.agency();
            ObjectNode view = disclosure.project(accepted.canonical(), agency).canonical();
            int inbox = translator.outbound(agency.dialect(), view).bytes().length;
            copies.add(new Shape.Copy(agency.id(), canonical.length, inbox));
        }
        copies.add(new Shape.Copy(agencies.find(referral.agency()).orElseThrow().id(), RECEIPT, RECEIPT));
        int parcel = new Parcel(canonical, referral.bytes(), ReportJson.toBytes(accepted.report())).toBytes().length;
        return new Shape(parcel, List.copyOf(copies));
    }

    private static byte[] bytes(ObjectNode canonical) {
        try {
            return JSON.writeValueAsBytes(canonical);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }
}
