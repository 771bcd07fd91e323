package org.referralhub;

import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.Operators;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.dialect.Dialects;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.ledger.ResponseTimes;
import org.referralhub.recipient.RecipientRules;

/**
 * Everything that people have written for this hub: who takes part, in which formats and by which rules. Read as a whole, so
 * that a start or a check names every fault of every file and not only the first.
 *
 * @param home the folders it was read from
 * @param places places by code
 * @param codeLists codes with their labels
 * @param dialects the formats
 * @param agencies who takes part
 * @param operators who looks after the hub
 * @param recipients who gets a referral
 * @param disclosure who may see what
 * @param responseTimes how soon a referral must be answered
 */
public record Setup(
        HubHome home,
        Places places,
        CodeLists codeLists,
        Dialects dialects,
        AgencyRegistry agencies,
        Operators operators,
        RecipientRules recipients,
        Disclosure disclosure,
        ResponseTimes responseTimes) {

    /**
     * Reads and checks every file.
     *
     * @param demo true for the invented agencies of the demo instead of the real ones
     * @param faults gets every fault; the setup is only fit for use when it stays empty
     */
    public static Setup load(HubHome home, boolean demo, Faults faults) {
        Places places = Places.load(home, faults);
        CodeLists codeLists = CodeLists.load(home, faults);
        Dialects dialects = Dialects.load(home, codeLists, places, faults);
        AgencyRegistry agencies = AgencyRegistry.load(home, demo, places, dialects.names(), faults);
        return new Setup(
                home,
                places,
                codeLists,
                dialects,
                agencies,
                Operators.load(home, demo, agencies, faults),
                RecipientRules.load(home, agencies, places, faults),
                Disclosure.load(home, faults),
                ResponseTimes.load(home, faults));
    }
}
