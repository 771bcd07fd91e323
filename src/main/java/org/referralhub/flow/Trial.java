package org.referralhub.flow;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.dialect.Inbound;
import org.referralhub.dialect.Outbound;
import org.referralhub.dialect.Received;
import org.referralhub.dialect.TranslationException;
import org.referralhub.dialect.Translator;
import org.referralhub.disclosure.Disclosure;
import org.referralhub.disclosure.Projection;
import org.referralhub.message.MessageType;
import org.referralhub.message.Report;
import org.referralhub.message.Text;
import org.referralhub.recipient.Choice;
import org.referralhub.recipient.RecipientRules;
import org.referralhub.validation.ReportJson;

/**
 * What would become of one message, stage by stage, without sending it: what the checks find, what it means, who gets it and
 * by which rule, and what each of them may see and reads.
 *
 * <p>Only a REQUEST's recipients follow from the message alone. Who is told of any other message depends on where its
 * referral stands, which only the ledger knows.
 */
public final class Trial {
    private final Translator translator;
    private final RecipientRules rules;
    private final Disclosure disclosure;

    /** What happens to a value on the way to a recipient. */
    public enum Change {
        /** The recipient is not told. */
        LEFT_OUT,
        /** The recipient is told less, for example an age for a date of birth. */
        REDUCED,
        /** Put in so that the message stays whole, for example a notice where a text was left out. */
        ADDED;

        /** As the JSON has it. */
        public String code() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Trial(Translator translator, RecipientRules rules, Disclosure disclosure) {
        this.translator = translator;
        this.rules = rules;
        this.disclosure = disclosure;
    }

    /**
     * Runs the message through every stage.
     *
     * @param sender in whose dialect it is
     * @param now what ages and future dates are measured against
     * @return {@code sender, dialect, bytes, accepted, incomplete, findings}; when it is accepted {@code messageType} and
     *     {@code canonical}, and for a REQUEST {@code recipients}, each with its rule, the basis of what it is shown, the
     *     differences to the canonical message by JSON Pointer, and the document it reads. Of a file of several messages
     *     {@code sender, dialect, bytes, messages}, each of these as above with its {@code row}. It is as personal as the
     *     message.
     */
    public ObjectNode run(Agency sender, byte[] document, Instant now) {
        List<Received> messages = translator.inboundEach(sender.dialect(), sender.id(), document, now);
        if (messages.size() == 1) {
            return run(sender, messages.get(0), now);
        }
        ObjectNode trials = JsonNodeFactory.instance.objectNode();
        trials.put("sender", sender.id());
        trials.put("dialect", sender.dialect());
        trials.put("bytes", document.length);
        ArrayNode list = trials.putArray("messages");
        messages.forEach(message -> list.add(run(sender, message, now)));
        return trials;
    }

    private ObjectNode run(Agency sender, Received message, Instant now) {
        Inbound inbound = message.inbound();
        byte[] document = message.part().document();
        ObjectNode trial = JsonNodeFactory.instance.objectNode();
        trial.put("sender", sender.id());
        trial.put("dialect", sender.dialect());
        trial.put("bytes", document.length);
        if (message.part().origin().isPart()) {
            trial.put("row", message.part().origin().row());
        }
        trial.put("accepted", inbound instanceof Inbound.Accepted);
        trial.put("incomplete", inbound instanceof Inbound.Accepted accepted && accepted.incomplete());
        trial.set("findings", ReportJson.toArray(inbound.report()));
        if (inbound instanceof Inbound.Accepted accepted) {
            ObjectNode canonical = accepted.canonical();
            String type = canonical.path("messageType").asText();
            trial.put("messageType", type);
            trial.set("canonical", canonical);
            if (type.equals(MessageType.REQUEST.name())) {
                ArrayNode recipients = trial.putArray("recipients");
                for (Choice choice : rules.choose(canonical, now)) {
                    recipients.add(recipient(choice, canonical));
                }
            }
        }
        return trial;
    }

    private ObjectNode recipient(Choice choice, ObjectNode canonical) {
        Agency agency = choice.agency();
        ObjectNode told = JsonNodeFactory.instance.objectNode();
        told.put("agency", agency.id());
        told.put("kind", agency.kind().name());
        told.set("name", text(agency.name()));
        told.put("rule", choice.rule());
        Projection projection = disclosure.project(canonical, agency);
        told.put("basis", projection.basis());
        ArrayNode differences = told.putArray("differences");
        compare("", canonical, projection.canonical(), differences);
        told.put("dialect", agency.dialect());
        Report report = Report.CLEAN;
        try {
            Outbound outbound = translator.outbound(agency.dialect(), projection.canonical());
            told.put("contentType", outbound.contentType());
            told.put("document", new String(outbound.bytes(), StandardCharsets.UTF_8));
        } catch (TranslationException e) {
            report = e.report();
        }
        told.set("findings", ReportJson.toArray(report));
        return told;
    }

    private static ObjectNode text(Text text) {
        return JsonNodeFactory.instance.objectNode().put("mn", text.mn()).put("en", text.en());
    }

    /** Whole subtrees that are gone are one difference, not one for each leaf. */
    private static void compare(String pointer, JsonNode before, @Nullable JsonNode after, ArrayNode differences) {
        if (before.equals(after)) {
            return;
        }
        if (after == null) {
            add(differences, pointer, Change.LEFT_OUT, before, null);
        } else if (before.isObject() && after.isObject()) {
            before.properties()
                    .forEach(member -> compare(
                            pointer + "/" + escaped(member.getKey()),
                            member.getValue(),
                            after.get(member.getKey()),
                            differences));
            after.properties().stream()
                    .filter(member -> !before.has(member.getKey()))
                    .forEach(member -> add(
                            differences,
                            pointer + "/" + escaped(member.getKey()),
                            Change.ADDED,
                            null,
                            member.getValue()));
        } else if (before.isArray() && after.isArray() && before.size() == after.size()) {
            for (int i = 0; i < before.size(); i++) {
                compare(pointer + "/" + i, before.get(i), after.get(i), differences);
            }
        } else {
            add(differences, pointer, Change.REDUCED, before, after);
        }
    }

    private static void add(
            ArrayNode differences, String pointer, Change change, @Nullable JsonNode before, @Nullable JsonNode after) {
        ObjectNode difference = differences.addObject().put("pointer", pointer).put("change", change.code());
        if (before != null) {
            difference.set("before", before);
        }
        if (after != null) {
            difference.set("after", after);
        }
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    /** The stages in their order, for whoever shows them. */
    public static List<Text> stages() {
        return List.of(
                new Text("Уншиж, шалгасан", "Read and checked"),
                new Text("Утга (нэгдсэн хэлбэр)", "What it means (canonical message)"),
                new Text("Хүлээн авагч", "Who gets it"),
                new Text("Хүлээн авагч бүр юу үзэх", "What each of them sees"));
    }
}
