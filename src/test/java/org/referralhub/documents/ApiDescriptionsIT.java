package org.referralhub.documents;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;
import org.referralhub.edition.Editions;
import org.referralhub.message.MessageType;
import org.referralhub.testing.Participant;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.validation.MessageSchema;
import org.referralhub.validation.SchemaSet;

/** What OpenAPI and AsyncAPI promise is what a running hub answers and delivers. */
class ApiDescriptionsIT {
    private static final Path ASYNC = Path.of("docs/asyncapi.yaml");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private static Path folder;

    private static RunningHub hub;
    private static JsonNode api;
    private static String referral;

    @BeforeAll
    static void start() throws Exception {
        hub = RunningHub.start(folder.resolve("data"), Map.of());
        api = JSON.readTree(java.net.http.HttpClient.newHttpClient()
                .send(
                        java.net.http.HttpRequest.newBuilder(hub.url().resolve("/v3/api-docs"))
                                .build(),
                        java.net.http.HttpResponse.BodyHandlers.ofString())
                .body());
        referral = hub.as("helpline-108")
                .send("application/json", Samples.callWithEverything("described-1"))
                .json()
                .path("referralId")
                .asText();
        hub.settle();
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    /** One answer against the description of its path, method, status and media type. */
    private static void described(String method, String path, Participant.Answer answer) throws IOException {
        String at = method + " " + path + " " + answer.status();
        JsonNode response = api.path("paths")
                .path("/api/v1" + path)
                .path(method.toLowerCase(Locale.ROOT))
                .path("responses")
                .path(String.valueOf(answer.status()));
        assertThat(response.isMissingNode()).as(at + " is described").isFalse();
        if (answer.text().isEmpty()) {
            return;
        }
        String type = answer.header("Content-Type").replaceFirst(";.*", "");
        JsonNode content = response.path("content");
        JsonNode schema = (content.has(type) ? content.path(type) : content.path("*/*")).path("schema");
        assertThat(schema.isMissingNode()).as(at + " " + type + " has a schema").isFalse();
        ObjectNode root = JSON.createObjectNode();
        root.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        root.set("components", api.path("components"));
        root.putArray("allOf").add(schema);
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(root.toString(), InputFormat.JSON)
                        .validate(answer.text(), InputFormat.JSON))
                .as(at)
                .isEmpty();
        List<String> undescribed = new ArrayList<>();
        undescribed(schema, JSON.readTree(answer.text()), "", undescribed);
        assertThat(undescribed)
                .as(at + ": fields that the description does not have")
                .isEmpty();
    }

    /** A schema of OpenAPI allows what it does not name; a description should name all there is. */
    private static void undescribed(JsonNode given, JsonNode value, String path, List<String> found) {
        JsonNode schema = given;
        while (schema.has("$ref")) {
            schema = api.at(schema.path("$ref").asText().substring(1));
        }
        for (JsonNode one : schema.path("oneOf").isEmpty() ? schema.path("anyOf") : schema.path("oneOf")) {
            List<String> with = new ArrayList<>();
            undescribed(one, value, path, with);
            if (with.isEmpty()) {
                return;
            }
        }
        JsonNode properties = schema.path("properties");
        JsonNode known = schema;
        if (value.isObject() && !properties.isEmpty()) {
            value.properties().forEach(field -> {
                if (!properties.has(field.getKey())) {
                    found.add(path + "/" + field.getKey());
                } else {
                    undescribed(properties.path(field.getKey()), field.getValue(), path + "/" + field.getKey(), found);
                }
            });
        } else if (value.isArray()) {
            value.forEach(item -> undescribed(known.path("items"), item, path + "/*", found));
        }
    }

    @Test
    void whatAnAgencyIsAnsweredIsDescribed() throws Exception {
        Participant helpline = hub.as("helpline-108");
        String call = Samples.callWithEverything("described-2");
        described("POST", "/messages", helpline.send("application/json", call));
        described("POST", "/messages", helpline.send("application/json", call));
        described(
                "POST",
                "/messages",
                helpline.send("application/json", call.replaceFirst("\"story\" *: *\"", "$0Өөр. ")));
        described("POST", "/messages", helpline.send("application/json", "{\"record_type\": \"CALL\"}"));
        described("POST", "/messages", helpline.send("text/plain", "no"));
        described("POST", "/messages", helpline.withSecret("wrong").send("application/json", call));
        described(
                "POST",
                "/validate",
                helpline.post("/validate", "application/json", call.getBytes(StandardCharsets.UTF_8)));
        described("GET", "/inbox", helpline.get("/inbox?max=5&wait=5"));
        described("GET", "/inbox", helpline.get("/inbox?max=many"));
        described("DELETE", "/inbox/{id}", helpline.call("DELETE", "/inbox/nothing", null, new byte[0]));
        described("GET", "/referrals/{idOrReference}", helpline.get("/referrals/" + referral));
        described("GET", "/referrals/{idOrReference}", hub.as("court-capital").get("/referrals/" + referral));
        described("GET", "/referrals/{idOrReference}/timeline", helpline.get("/referrals/" + referral + "/timeline"));
        described("GET", "/manifest", helpline.get("/manifest"));
        described("GET", "/dead-letters", helpline.get("/dead-letters"));
    }

    @Test
    void whatAnOperatorIsAnsweredIsDescribed() throws Exception {
        Participant operator = hub.as("operator");
        described("GET", "/referrals", operator.get("/referrals?agency=helpline-108"));
        described("GET", "/referrals/{idOrReference}", operator.get("/referrals/" + referral));
        described("GET", "/agencies", operator.get("/agencies"));
        described("GET", "/books", operator.get("/books"));
        described("GET", "/books/hours", operator.get("/books/hours"));
        described("GET", "/dead-letters", operator.get("/dead-letters"));
        described("GET", "/dead-letters/{id}", operator.get("/dead-letters/nothing"));
        described("GET", "/counts", hub.as("auditor").get("/counts?by=aimag"));
    }

    private static JsonNode async() {
        Faults faults = new Faults();
        Located file = YamlFile.read(new HubHome(Path.of("")), ASYNC, faults);
        faults.throwIfAny();
        return file.tree();
    }

    @Test
    void everyReferenceOfTheQueuesDescriptionLeadsSomewhereAndEveryMessageTypeIsThere() throws Exception {
        JsonNode async = async();
        assertThat(async.path("asyncapi").asText()).isEqualTo("3.0.0");
        Set<String> files = new HashSet<>();
        for (String reference : async.findValuesAsText("$ref")) {
            if (reference.startsWith("#")) {
                assertThat(async.at(reference.substring(1)).isMissingNode())
                        .as(reference)
                        .isFalse();
            } else {
                Path file = ASYNC.resolveSibling(reference).normalize();
                assertThat(file).exists();
                files.add(file.getFileName().toString());
            }
        }
        Set<String> types = new TreeSet<>();
        for (MessageType type : MessageType.values()) {
            types.add(type.name());
            assertThat(files).contains(type.name().toLowerCase(Locale.ROOT) + ".schema.json");
        }
        Set<String> named = new TreeSet<>();
        async.at("/components/messages/received/headers/properties/messageType/enum")
                .forEach(type -> named.add(type.asText()));
        assertThat(named).isEqualTo(types);
    }

    @Test
    void whatIsDeliveredIsDescribed() throws Exception {
        JsonNode received = async().at("/components/messages/received");
        String headers = received.path("headers").toString();
        int messages = 0;
        // A REQUEST, and a receipt of a message that opened nothing.
        try (Connection sending = hub.as("social-work-111653").amqp();
                Session session = sending.createSession(false, Session.AUTO_ACKNOWLEDGE)) {
            sending.start();
            String dialect = dialect("social-work-111653");
            session.createProducer(session.createQueue("intake." + dialect)).send(session.createTextMessage("{}"));
        }
        hub.settle();
        try (Connection connection = hub.as("social-work-111653").amqp();
                Session session = connection.createSession(false, Session.CLIENT_ACKNOWLEDGE);
                MessageConsumer inbox =
                        session.createConsumer(session.createQueue("agency.social-work-111653.inbox"))) {
            connection.start();
            for (Message message = inbox.receive(5000); message != null; message = inbox.receive(1000)) {
                ObjectNode properties = JSON.createObjectNode();
                for (Object name : Collections.list(message.getPropertyNames())) {
                    String property = name.toString();
                    if (!property.startsWith("JMS") && !property.startsWith("_AMQ")) {
                        properties.put(property, message.getStringProperty(property));
                    }
                }
                assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                                .getSchema(headers, InputFormat.JSON)
                                .validate(properties.toString(), InputFormat.JSON))
                        .as(properties.toString())
                        .isEmpty();
                if (dialect("social-work-111653").equals("canonical")) {
                    String type = properties.path("messageType").asText().toLowerCase(Locale.ROOT);
                    BytesMessage bytes = (BytesMessage) message;
                    byte[] body = new byte[(int) bytes.getBodyLength()];
                    bytes.readBytes(body);
                    assertThat(MessageSchema.compile(
                                            Path.of("canonical/" + type + ".schema.json"),
                                            SchemaSet.of(Path.of("schemas")))
                                    .check(JSON.readTree(body)))
                            .as(type)
                            .isEmpty();
                }
                messages++;
            }
        }
        assertThat(messages).isGreaterThanOrEqualTo(2);
    }

    private static String dialect(String agency) {
        return hub.bean(Editions.class)
                .current()
                .setup()
                .agencies()
                .find(agency)
                .orElseThrow()
                .dialect();
    }
}
