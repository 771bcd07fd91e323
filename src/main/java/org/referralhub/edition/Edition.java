package org.referralhub.edition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;
import org.referralhub.Setup;
import org.referralhub.agency.Agency;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.flow.Handbook;
import org.referralhub.ledger.Rulebook;
import org.referralhub.ledger.Views;
import org.referralhub.message.Withheld;

/**
 * Everything that people have written, as it was at one moment, ready for use. Nothing in it changes any more.
 *
 * @param version what it is known by: the beginning of the digest of all its files
 * @param setup the files, read
 * @param handbook what intake and delivery take from it
 * @param rulebook what the ledger takes from it
 */
public record Edition(String version, Setup setup, Handbook handbook, Rulebook rulebook) {

    /** An edition of what was read without a fault. */
    public static Edition of(String version, Setup setup) {
        return new Edition(
                version,
                setup,
                new Handbook(version, setup.agencies(), setup.translator(), setup.disclosure()),
                new Rulebook(
                        version,
                        setup.recipients()::choose,
                        views(setup.disclosure()),
                        setup.agencies(),
                        setup.responseTimes(),
                        setup.ladder()));
    }

    private static Views views(Disclosure disclosure) {
        return new Views() {
            @Override
            public JsonNode of(ObjectNode request, Agency agency) {
                return disclosure.project(request, agency).canonical();
            }

            @Override
            public Function<Agency, Withheld> withheld(ObjectNode message) {
                return disclosure.withheld(message);
            }
        };
    }

    @Override
    public String toString() {
        return "Edition[" + version + "]";
    }
}
