package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.LetterGroup;
import org.referralhub.deadletter.Rehearsals;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;

/** What is foreseen of more letters than one page shows is seen of every single one: over HTTP, at the console, in a terminal. */
class RehearsalPagesIT {
    private static final int LETTERS = Rehearsals.IN_DETAIL + 20;
    private static final Pattern NEXT =
            Pattern.compile("rel=\"next\"[^>]* href=\"([^\"]+)\"|href=\"([^\"]+)\"[^>]* rel=\"next\"");
    private static final Pattern LETTER = Pattern.compile("/desk/letters/([^\"/]+)\"");
    private static final Pattern MORE = Pattern.compile("More: \\./hub (.*)");

    @TempDir
    private Path folder;

    private RunningHub hub;
    private Set<String> letters;
    private String rehearsal;

    @BeforeEach
    void start() throws Exception {
        hub = RunningHub.start(
                RunningHub.copyHome(Files.createDirectories(folder.resolve("home"))),
                folder.resolve("data"),
                Map.of(),
                "demo");
        letters = letters();
        String body = "{\"search\":{\"cause\":\"unexpected-failure\"}}";
        rehearsal = hub.as("operator")
                .post("/dead-letters/rehearsals", "application/json", body.getBytes(StandardCharsets.UTF_8))
                .json()
                .path("id")
                .asText();
        await("rehearsed")
                .atMost(RunningHub.PATIENCE)
                .until(() -> !page(0, 0).at("/rehearsal/endedAt").isNull());
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @Test
    void every_letter_is_on_a_page() throws Exception {
        assertThat(overHttp()).hasSize(LETTERS).containsExactlyInAnyOrderElementsOf(letters);
        assertThat(atTheConsole()).hasSize(LETTERS).containsExactlyInAnyOrderElementsOf(letters);
        assertThat(inATerminal()).hasSize(LETTERS).containsExactlyInAnyOrderElementsOf(letters);
    }

    private JsonNode page(int after, int size) {
        return hub.as("operator")
                .get("/dead-letters/rehearsals/" + rehearsal + "?size=" + size + "&after=" + after)
                .json();
    }

    private List<String> overHttp() {
        List<String> seen = new ArrayList<>();
        int after = 0;
        while (after >= 0) {
            JsonNode page = page(after, 200);
            page.path("items").forEach(item -> {
                assertThat(item.path("outcome").asText()).isEqualTo("ACCEPTED");
                seen.add(item.path("letter").asText());
            });
            after = page.path("next").asInt(-1);
        }
        return seen;
    }

    private List<String> atTheConsole() {
        org.referralhub.testing.Session operator =
                org.referralhub.testing.Session.of(hub).signIn("operator");
        List<String> seen = new ArrayList<>();
        String address = "/desk/rehearsals/" + rehearsal;
        while (address != null) {
            org.referralhub.testing.Session.Answer page = operator.get(address);
            assertThat(page.status()).as(address).isEqualTo(200);
            List<String> here = LETTER.matcher(page.text())
                    .results()
                    .map(link -> link.group(1))
                    .toList();
            seen.addAll(here);
            assertThat(page.text().contains(" " + Rehearsals.IN_DETAIL + " "))
                    .as("says where details end: " + address)
                    .isEqualTo(seen.size() > Rehearsals.IN_DETAIL);
            Matcher next = NEXT.matcher(page.text());
            address = next.find() ? next.group(1) == null ? next.group(2) : next.group(1) : null;
        }
        return seen;
    }

    private List<String> inATerminal() throws Exception {
        List<String> seen = new ArrayList<>();
        String command = "dead-letters rehearsal show " + rehearsal + " --after 0";
        while (command != null) {
            String out = terminal(command + " --most 300");
            letters.stream().filter(out::contains).forEach(seen::add);
            Matcher more = MORE.matcher(out);
            command = more.find() ? more.group(1) : null;
        }
        return seen;
    }

    private String terminal(String command) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "demo-operator\n");
        List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
        arguments.addAll(
                List.of("--as", "operator", "--url", hub.url().toString(), "--secret-file", secret.toString()));
        StringWriter out = new StringWriter();
        int code = Hub.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(out, true))
                .execute(arguments.toArray(String[]::new));
        assertThat(code).as(out.toString()).isZero();
        return out.toString();
    }

    private Set<String> letters() throws JMSException {
        Set<String> ids = new HashSet<>();
        try (Connection connection = hub.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(true, Session.SESSION_TRANSACTED);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.DEAD_LETTER))) {
            for (int i = 0; i < LETTERS; i++) {
                String stamp = UUID.randomUUID().toString();
                BytesMessage message = session.createBytesMessage();
                message.writeBytes(Referrals.call("call-" + i).getBytes(StandardCharsets.UTF_8));
                message.setStringProperty(Headers.KIND, LedgerKind.DEAD.name());
                message.setStringProperty(Headers.STAMP, stamp);
                message.setStringProperty(Headers.SENDER, "helpline-108");
                message.setStringProperty(Headers.DIALECT, "helpline");
                message.setStringProperty(Headers.DEAD_ORIGIN, Queues.intake("helpline"));
                message.setStringProperty(Headers.DEAD_STAGE, "intake-helpline");
                message.setStringProperty(Headers.DEAD_CAUSE, "unexpected-failure");
                message.setStringProperty(Headers.DEAD_CLASS, "unknown");
                message.setStringProperty(Headers.URGENCY, "URGENT");
                producer.send(message);
                ids.add(Identifiers.derive("letter", "stamp", stamp));
            }
            session.commit();
        }
        await("letters at the desk")
                .atMost(RunningHub.PATIENCE)
                .until(() -> hub.bean(Desk.class).groups(false, 10).stream()
                                .mapToLong(LetterGroup::open)
                                .sum()
                        == LETTERS);
        return ids;
    }
}
