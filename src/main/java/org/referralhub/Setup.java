package org.referralhub;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.Operators;
import org.referralhub.agency.WithholdList;
import org.referralhub.alarm.AlarmSettings;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.deadletter.Masking;
import org.referralhub.deadletter.MaskingRules;
import org.referralhub.dialect.Dialects;
import org.referralhub.dialect.Documents;
import org.referralhub.dialect.Translator;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.ledger.Ladder;
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
 * @param ladder who is asked next when one is not
 * @param alarms how operators are woken
 * @param masking what operators see of a letter's content
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
        ResponseTimes responseTimes,
        Ladder ladder,
        AlarmSettings alarms,
        Masking masking) {

    /**
     * Reads and checks every file.
     *
     * @param demo true for the invented agencies of the demo instead of the real ones
     * @param faults gets every fault; the setup is only fit for use when it stays empty
     * @throws ConfigurationException when a folder is missing
     */
    public static Setup load(HubHome home, boolean demo, Faults faults) {
        requireFolders(home);
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
                ResponseTimes.load(home, faults),
                Ladder.load(home, agencies, places, faults),
                AlarmSettings.load(home, faults),
                new Masking(MaskingRules.load(home, dialects.names(), faults), new Documents(dialects), codeLists));
    }

    /** Reads each agency's documents by the clock of where it is, and knows which agencies a document may name. */
    public Translator translator() {
        return new Translator(
                dialects,
                sender -> agencies.find(sender).map(agency -> agency.hours().zone()),
                canonical -> WithholdList.unrecognised(canonical, agencies));
    }

    /**
     * Without one of these nothing in it is there either, and a fault for each file would hide why.
     *
     * @throws ConfigurationException when one is missing
     */
    public static void requireFolders(HubHome home) {
        Faults missing = new Faults();
        for (Path folder : List.of(home.config(), home.schemas(), home.routes())) {
            if (!Files.isDirectory(folder)) {
                missing.add(
                        folder.toString(),
                        0,
                        0,
                        "the folder is not there",
                        "Run the hub from the folder that holds routes/, schemas/ and config/, or name it with --home");
            }
        }
        missing.throwIfAny();
    }
}
