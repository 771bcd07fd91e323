package org.referralhub.testing;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Small valid documents, as the agencies of the demo would send them. */
public final class Referrals {
    private static final ZoneId ZONE = ZoneId.of("Asia/Ulaanbaatar");

    private Referrals() {}

    /** A call to the helpline about a child in khoroo 23 of Bayanzurkh. */
    public static String call(String callId) {
        return call(callId, "Хүүхэд гэртээ ганцаараа байна.");
    }

    /** The same call with another story. */
    public static String call(String callId, String story) {
        return """
                {"record_type": "CALL", "call_id": "%s", "call_time": "%s", "call_class": "RIGHTS_PROTECTION",
                 "response": "WITHIN_HOUR", "concerns": ["PHYSICAL_VIOLENCE"],
                 "caller": {"relation": "neighbour", "anonymous": true, "callback_number": "99112233"},
                 "child": {"first_name": "Номин", "age": 9, "sex": "female"},
                 "address": {"aimag": "11", "soum": "1110", "bag": "111095"},
                 "story": "%s"}
                """.formatted(callId, sentAt(), story);
    }

    /** A report of the police about a child in khoroo 2 of Songinokhairkhan. */
    public static String report(String messageId) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <ChildProtectionReport xmlns="urn:referral-hub:police:1">
                  <MessageMetadata>
                    <MessageID>%s</MessageID>
                    <MessageDateTime>%s</MessageDateTime>
                  </MessageMetadata>
                  <UrgencyCode>URGENT</UrgencyCode>
                  <ConcernCode>DOMESTIC_VIOLENCE_WITNESS</ConcernCode>
                  <RiskLevelCode>MEDIUM</RiskLevelCode>
                  <Child>
                    <PersonName><PersonGivenName>Билгүүн</PersonGivenName></PersonName>
                    <PersonAgeMeasure>7</PersonAgeMeasure>
                    <PersonSexCode>M</PersonSexCode>
                    <PersonCurrentLocation>
                      <LocationAimagCode>11</LocationAimagCode>
                      <LocationSoumCode>1116</LocationSoumCode>
                      <LocationBagCode>111653</LocationBagCode>
                    </PersonCurrentLocation>
                  </Child>
                  <ReportNarrativeText>Хүүхэд гэр бүлийн маргааны үед гэртээ байсан.</ReportNarrativeText>
                </ChildProtectionReport>
                """.formatted(messageId, sentAt());
    }

    /** Five minutes ago. With seconds even when they are zero, which {@link OffsetDateTime#toString} leaves out. */
    public static String sentAt() {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                OffsetDateTime.now(ZONE).withNano(0).minusMinutes(5));
    }
}
