package org.referralhub.testing;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * What HL7's own examples of R4 make as documents for the hub, in JSON and in XML: each as it stands, each as what a message of
 * the dialect is about, and those of requests and tasks with the one or two words more that tie them to a child or a
 * referral.
 */
public final class FhirExamples {
    private static final Path FOLDER = Path.of("src/test/resources/fhir-examples");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final FhirContext FHIR = FhirContext.forR4Cached();
    private static final String HUB = "urn:referral-hub:";

    /** One document; its name says what it is made of. */
    public record Document(String name, String mediaType, byte[] bytes) {
        @Override
        public String toString() {
            return name;
        }
    }

    private FhirExamples() {}

    /**
     * Every document.
     *
     * @param prefix of the identifiers of messages that have none of their own
     * @param sentAt when those were sent
     */
    public static List<Document> all(String prefix, String sentAt) throws IOException {
        List<Document> all = new ArrayList<>();
        for (String name : List.of("message-request-link", "patient-example", "patient-example-infant-twin-1")) {
            add(all, name, read(name));
        }
        JsonNode adult = read("patient-example");
        JsonNode infant = read("patient-example-infant-twin-1");
        for (String name :
                List.of("servicerequest-example", "servicerequest-example-di", "servicerequest-example-edu")) {
            JsonNode request = read(name);
            add(all, name, request);
            add(all, name + " in a message", message(prefix + name, sentAt, "REQUEST", request, adult));
            ObjectNode ofChild = request.deepCopy();
            ofChild.put("status", "active");
            ofChild.putObject("subject").put("reference", "Patient/infant-twin-1");
            add(all, name + " for a child", message(prefix + name + "-child", sentAt, "REQUEST", ofChild, infant));
        }
        JsonNode task = read("task-example2");
        add(all, "task-example2", task);
        add(all, "task-example2 in a message", message(prefix + "task", sentAt, "ACCEPT", task));
        ObjectNode ofReferral = task.deepCopy();
        ofReferral
                .putArray("basedOn")
                .addObject()
                .putObject("identifier")
                .put("system", HUB + "referral")
                .put("value", "00000000-0000-4000-8000-000000000000");
        add(all, "task-example2 of a referral", message(prefix + "task-referral", sentAt, "ACCEPT", ofReferral));
        return all;
    }

    private static JsonNode read(String name) throws IOException {
        return JSON.readTree(Files.readAllBytes(FOLDER.resolve(name + ".json")));
    }

    private static ObjectNode message(String id, String sentAt, String event, JsonNode... resources) {
        ObjectNode bundle = JSON.createObjectNode();
        bundle.put("resourceType", "Bundle");
        bundle.putObject("identifier").put("value", id);
        bundle.put("type", "message").put("timestamp", sentAt);
        ObjectNode header = bundle.putArray("entry")
                .addObject()
                .put("fullUrl", "urn:example:header")
                .putObject("resource");
        header.put("resourceType", "MessageHeader");
        header.putObject("eventCoding").put("system", HUB + "code:message_type").put("code", event);
        header.putObject("source").put("endpoint", "http://example.org/fhir");
        header.putArray("focus").addObject().put("reference", "urn:example:0");
        for (int i = 0; i < resources.length; i++) {
            bundle.withArray("entry")
                    .addObject()
                    .put("fullUrl", "urn:example:" + i)
                    .set("resource", resources[i]);
        }
        return bundle;
    }

    private static void add(List<Document> all, String name, JsonNode document) {
        all.add(new Document(name + ", JSON", "application/fhir+json", bytes(document.toString())));
        ObjectNode other = document.deepCopy();
        if (other.path("identifier").path("value").isTextual() && other.has("entry")) {
            // Otherwise it would be a repetition of the first.
            ((ObjectNode) other.path("identifier"))
                    .put("value", other.path("identifier").path("value").textValue() + "-xml");
        }
        IBaseResource resource = FHIR.newJsonParser().parseResource(other.toString());
        all.add(new Document(
                name + ", XML",
                "application/fhir+xml",
                bytes(FHIR.newXmlParser().setPrettyPrint(true).encodeResourceToString(resource))));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
