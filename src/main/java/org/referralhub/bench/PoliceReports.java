package org.referralhub.bench;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.random.RandomGenerator;

/** Reports of the police: they know the child and the place, mostly the law, and often who did it. */
final class PoliceReports {
    private static final List<String> CONCERNS = List.of(
            "PHYSICAL_VIOLENCE",
            "DOMESTIC_VIOLENCE_WITNESS",
            "NEGLECT",
            "SEXUAL_VIOLENCE",
            "ONLINE_ABUSE",
            "TRAFFICKING");
    private static final List<String> URGENCIES = List.of("IMMEDIATE", "URGENT", "URGENT", "PRIORITY", "ROUTINE");
    private static final List<String> RISKS = List.of("HIGH", "MEDIUM", "LOW");
    private static final List<String> RELATIONS = List.of("BIRTH_PARENT", "STEP_PARENT", "STRANGER", "UNKNOWN");

    private final List<PlaceCodes> places;
    private final OffsetDateTime now;

    PoliceReports(List<PlaceCodes> places, OffsetDateTime now) {
        this.places = places;
        this.now = now;
    }

    /** Every element in the order of the schema; the words hold nothing that XML would have to escape. */
    String next(String messageId, RandomGenerator random, InventedChild child) {
        boolean female = random.nextBoolean();
        LocalDate born = child.born(now.toLocalDate(), random.nextInt(3, 17));
        PlaceCodes place = Wording.one(places, random);
        StringBuilder xml = new StringBuilder(3000);
        xml.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
                .append("<ChildProtectionReport xmlns=\"urn:referral-hub:police:1\">\n")
                .append("  <MessageMetadata>\n");
        element(xml, "MessageID", messageId);
        element(
                xml,
                "MessageDateTime",
                now.minusSeconds(random.nextInt(60, 3600)).format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        xml.append("  </MessageMetadata>\n");
        element(xml, "UrgencyCode", Wording.one(URGENCIES, random));
        element(xml, "ConcernCode", Wording.one(CONCERNS, random));
        element(xml, "RiskLevelCode", Wording.one(RISKS, random));
        xml.append("  <Child>\n    <PersonName>\n");
        element(xml, "PersonGivenName", child.given());
        element(xml, "PersonPatronymicName", child.patronymic());
        xml.append("    </PersonName>\n");
        element(xml, "PersonRegisterNumberID", child.register(born, female));
        element(xml, "PersonBirthDate", born.toString());
        element(xml, "PersonSexCode", female ? "F" : "M");
        xml.append("    <PersonCurrentLocation>\n");
        element(xml, "LocationAimagCode", place.state());
        element(xml, "LocationSoumCode", place.district());
        element(xml, "LocationBagCode", place.subdistrict());
        element(xml, "LocationAddressText", random.nextInt(1, 80) + "-р байр");
        xml.append("    </PersonCurrentLocation>\n  </Child>\n  <Caregiver>\n");
        element(xml, "PersonFullName", Wording.patronymic(random));
        element(xml, "CaregiverRelationCode", "MOTHER");
        element(xml, "ContactTelephoneNumberID", Wording.phone(random));
        xml.append("  </Caregiver>\n  <Incident>\n");
        element(
                xml,
                "ActivityDate",
                now.toLocalDate().minusDays(random.nextInt(1, 4)).toString());
        element(xml, "ActivityTimeText", Wording.one(List.of("MORNING", "DAY", "EVENING", "NIGHT"), random));
        element(xml, "IncidentLocationCategoryCode", "HOME");
        element(xml, "ActivityDescriptionText", Wording.story(random.nextInt(2, 5), random));
        element(xml, "IncidentPreviousIndicator", Boolean.toString(random.nextBoolean()));
        xml.append("  </Incident>\n");
        element(xml, "ReportNarrativeText", Wording.story(random.nextInt(1, 4), random));
        if (random.nextBoolean()) {
            xml.append("  <Subject>\n");
            element(xml, "SubjectRelationCode", Wording.one(RELATIONS, random));
            element(xml, "PersonFullName", Wording.patronymic(random));
            xml.append("  </Subject>\n");
        }
        xml.append("  <RequestedService>\n");
        element(xml, "ServiceCode", "SITUATION_ASSESSMENT");
        element(xml, "ServiceTimeframeDuration", "P1D");
        xml.append("  </RequestedService>\n");
        element(xml, "StatuteCodeID", "11.7");
        xml.append("  <ReportingParty>\n");
        element(xml, "ReportingPartyCategoryCode", "POLICE");
        xml.append("  </ReportingParty>\n");
        element(xml, "LegalBasisCode", "LEGAL_OBLIGATION");
        return xml.append("</ChildProtectionReport>\n").toString();
    }

    private static void element(StringBuilder xml, String name, String text) {
        xml.append("    <")
                .append(name)
                .append('>')
                .append(text)
                .append("</")
                .append(name)
                .append(">\n");
    }
}
