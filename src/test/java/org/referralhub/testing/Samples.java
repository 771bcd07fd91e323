package org.referralhub.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.TreeSet;

/** The samples of the dialects as documents that can be sent now, under an id of the test's own. */
public final class Samples {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Samples() {}

    /** Five minutes ago in Ulaanbaatar. */
    public static OffsetDateTime now() {
        return OffsetDateTime.now(ZoneId.of("Asia/Ulaanbaatar"))
                .truncatedTo(ChronoUnit.SECONDS)
                // Its text would leave out seconds that are zero, once a minute.
                .withSecond(30)
                .minusMinutes(5);
    }

    /** The helpline's accepted sample of this name, with this call id and a call time of just now; its lines stay. */
    public static String call(String sample, String callId) throws IOException {
        return Files.readString(Path.of("schemas/helpline/samples/accepted", sample + ".json"))
                .replaceFirst("\"call_id\": *\"[^\"]*\"", "\"call_id\": \"" + callId + "\"")
                .replaceFirst("\"call_time\": *\"[^\"]*\"", "\"call_time\": \"" + now() + "\"");
    }

    /** Everything that the helpline can say, of a child in khoroo 2 of Songinokhairkhan who was beaten. */
    public static String callWithEverything(String callId) throws IOException {
        ObjectNode call = (ObjectNode) JSON.readTree(call("everything-that-can-be-said", callId));
        call.remove("send_to");
        call.put("response", "NOW");
        call.putArray("concerns").add("PHYSICAL_VIOLENCE");
        ObjectNode address = (ObjectNode) call.get("address");
        address.put("aimag", "11").put("soum", "1116").put("bag", "111653");
        for (JsonNode incident : call.get("incidents")) {
            ((ObjectNode) incident).put("date", now().minusDays(2).toLocalDate().toString());
        }
        ObjectNode child = (ObjectNode) call.get("child");
        child.put("born", now().minusYears(12).getYear() + "-01-15");
        child.put("age", 12);
        // It would have to agree with the date of birth.
        child.remove("register");
        return call.toPrettyString();
    }

    /** An answer of the police to a referral. */
    public static String policeAnswer(String messageId, String referralId, String answer) {
        return """
                <?xml version="1.0" encoding="UTF-8"?>
                <ReferralResponse xmlns="urn:referral-hub:police:1">
                  <MessageMetadata>
                    <MessageID>%s</MessageID>
                    <MessageDateTime>%s</MessageDateTime>
                  </MessageMetadata>
                  <ReferralIdentification>
                    <ReferralID>%s</ReferralID>
                  </ReferralIdentification>
                  %s
                </ReferralResponse>
                """.formatted(messageId, now(), referralId, answer);
    }

    /** The bytes of a refused sample. */
    public static byte[] refused(String dialect, String file) throws IOException {
        return Files.readAllBytes(Path.of("schemas", dialect, "samples", "refused", file));
    }

    /** What makes the hub refuse this sample, each as {@code code pointer line:column}. */
    public static TreeSet<String> faults(String dialect, String file) throws IOException {
        String findings = file.substring(0, file.lastIndexOf('.')) + ".findings.json";
        TreeSet<String> faults = new TreeSet<>();
        for (JsonNode finding : JSON.readTree(refused(dialect, findings))) {
            if (!finding.path("severity").asText().matches("warning|information")) {
                faults.add(fault(finding, "pointer"));
            }
        }
        return faults;
    }

    private static String fault(JsonNode finding, String pointer) {
        return "%s %s %d:%d"
                .formatted(
                        finding.path("code").asText(),
                        finding.path(pointer).asText(),
                        finding.path("line").asInt(),
                        finding.path("column").asInt());
    }

    /** The same of an OperationOutcome. */
    public static TreeSet<String> faultsOf(JsonNode outcome) {
        TreeSet<String> faults = new TreeSet<>();
        for (JsonNode issue : outcome.path("issue")) {
            if (!issue.path("severity").asText().matches("warning|information")) {
                faults.add("%s %s %s"
                        .formatted(
                                issue.path("details")
                                        .path("coding")
                                        .path(0)
                                        .path("code")
                                        .asText(),
                                issue.path("expression").path(0).asText(),
                                issue.path("location").path(0).asText()));
            }
        }
        return faults;
    }

    /** The same of a receipt in the helpline's or the canonical JSON. */
    public static TreeSet<String> faultsOfReceipt(JsonNode receipt) {
        TreeSet<String> faults = new TreeSet<>();
        boolean canonical = receipt.has("body");
        for (JsonNode finding : (canonical ? receipt.path("body") : receipt).path("findings")) {
            if (!finding.path("severity").asText().matches("warning|information")) {
                faults.add(fault(finding, canonical ? "pointer" : "field"));
            }
        }
        return faults;
    }

    /** UTF-8. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
