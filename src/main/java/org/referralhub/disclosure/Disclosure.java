package org.referralhub.disclosure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.WithholdList;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.FieldSet;
import org.referralhub.message.MessageType;
import org.referralhub.message.Text;
import org.referralhub.message.Withheld;

/**
 * What each kind of agency may see, as {@code config/disclosure.csv} says; {@code docs/disclosure.md} tells it to people.
 * Nothing about it changes: many threads may use one.
 */
public final class Disclosure {
    /** Basis: the recipient's kind needs it for its task; nothing conditional was disclosed. */
    public static final String NEED_TO_KNOW = "need-to-know";
    /** Basis: consent to disclosure is recorded, and conditional fields were disclosed on it. */
    public static final String CONSENT = "consent";
    /** Basis: consent was overridden with a recorded reason, and conditional fields were disclosed on that. */
    public static final String OVERRIDE = "override";
    /** Basis: a legal obligation is recorded, and conditional fields were disclosed to a court on it. */
    public static final String LEGAL_BASIS = "legal-basis";
    /** Basis: the recipient is on the withhold-from list and got identifiers and state only. */
    public static final String WITHHELD = "withheld";

    /** Reporters whose call-back number leads to the child or to nobody known, not to a person who asked to stay unknown. */
    private static final Set<String> NOT_SOMEBODY_ELSE = Set.of("", "THE_CHILD", "UNKNOWN");

    /** Texts that their message cannot do without; a recipient who may not read one learns that it exists. */
    private static final Map<MessageType, String> TEXT_NEEDED = Map.of(
            MessageType.REJECT, "text",
            MessageType.HOLD, "reason",
            MessageType.FEEDBACK, "text",
            MessageType.TRANSFER, "reason",
            MessageType.RECALL, "reason",
            MessageType.ESCALATE, "reason",
            MessageType.VOID, "reason");

    /** Sets of fields that are remembered; more would be senders who try out what there is. */
    private static final int MOST_SETS = 5_000;

    private final Map<Set<String>, FieldSet> sets = new ConcurrentHashMap<>();
    private final Map<AgencyKind, AllowList> allowLists = new EnumMap<>(AgencyKind.class);
    private final AllowList routing;
    private final AllowList limited;
    private final List<Matrix.Row> rows;
    /** The names of the rows, in their order. */
    private final List<Text> groups;

    Disclosure(Matrix matrix) {
        this.rows = matrix.rows();
        this.groups =
                rows.stream().map(row -> new Text(row.groupMn(), row.group())).toList();
        this.limited = AllowList.limited(matrix);
        for (AgencyKind kind : AgencyKind.values()) {
            allowLists.put(kind, AllowList.of(matrix, kind));
        }
        this.routing = AllowList.routing(matrix);
    }

    /**
     * Reads {@code config/disclosure.csv}. What is wrong in it becomes a fault, and what a faulty line is about is disclosed
     * to nobody.
     */
    public static Disclosure load(HubHome home, Faults faults) {
        return new Disclosure(MatrixFile.read(home.config().resolve("disclosure.csv"), faults));
    }

    /**
     * Cuts a message down to what a recipient may see. The message is not changed.
     *
     * @param canonical a message that has passed the canonical schema
     * @param recipient its kind decides, and whether the withhold-from list names it
     * @throws IllegalArgumentException when the message is of no known type
     */
    public Projection project(ObjectNode canonical, Agency recipient) {
        AgencyKind kind = recipient.kind();
        MessageType type = MessageType.valueOf(canonical.path("messageType").asText());
        JsonNode content = content(canonical, type);
        boolean withheld = WithholdList.of(content.path("consent")).names(recipient);
        String condition = withheld ? null : condition(content, kind);
        Rule.Members rules = withheld ? routing.of(type) : allowList(kind).of(type);
        Walk walk = new Walk(condition != null);
        ObjectNode projected = walk.members(canonical, rules);
        if (identifiesReporter(content)
                && !mayKnowReporter(kind, condition)
                && content(projected, type) instanceof ObjectNode copied) {
            copied.remove("callbackPhone");
            walk.shown().removeIf(name -> name.endsWith("/callbackPhone"));
        }
        makeWhole(canonical, projected, type);
        return new Projection(projected, basis(withheld, walk.usedCondition() ? condition : null), set(walk.shown()));
    }

    /** There are few different sets, and their ids are dear to work out. */
    private FieldSet set(Set<String> names) {
        FieldSet known = sets.get(names);
        if (known == null) {
            if (sets.size() >= MOST_SETS) {
                sets.clear();
            }
            known = FieldSet.of(names);
            sets.put(Set.copyOf(names), known);
        }
        return known;
    }

    /**
     * What recipients of this message are not shown, by the names of the groups in the file. The message is looked at once, so
     * that asking for many recipients costs little more than for one.
     *
     * @param canonical as for {@link #project}
     */
    public Function<Agency, Withheld> withheld(ObjectNode canonical) {
        MessageType type = MessageType.valueOf(canonical.path("messageType").asText());
        JsonNode content = content(canonical, type);
        Withholding holding = Withholding.of(canonical, limited.of(type));
        return recipient -> withheld(content, holding, recipient);
    }

    private Withheld withheld(JsonNode content, Withholding holding, Agency recipient) {
        AgencyKind kind = recipient.kind();
        boolean unknown = WithholdList.of(content.path("consent")).names(recipient);
        String condition = unknown ? null : condition(content, kind);
        int phone =
                content.hasNonNull("callbackPhone") && identifiesReporter(content) && !mayKnowReporter(kind, condition)
                        ? phoneGroup()
                        : -1;
        List<Text> whole = new ArrayList<>();
        List<Text> partly = new ArrayList<>();
        for (int group = holding.present.nextSetBit(0); group >= 0; group = holding.present.nextSetBit(group + 1)) {
            Access access = rows.get(group).access().getOrDefault(kind, Access.NEVER);
            boolean shown =
                    switch (access) {
                        case FULL -> true;
                        case LIMITED -> holding.left.get(group);
                        case CONDITIONAL -> condition != null;
                        case NEVER, ENFORCED -> false;
                    };
            if (unknown) {
                shown = rows.get(group).group().equals(Matrix.ROUTING);
            } else if (group == phone && content.path("caregivers").isEmpty()) {
                shown = false;
            }
            if (!shown) {
                whole.add(groups.get(group));
            } else if (access == Access.LIMITED && holding.cut.get(group) || group == phone) {
                partly.add(groups.get(group));
            }
        }
        return new Withheld(whole, partly);
    }

    /** The row of the call-back number, which follows a rule of its own when it tells who the reporter is. */
    private int phoneGroup() {
        return limited.of(MessageType.REQUEST).members().get("body") instanceof Rule.Members body
                        && body.members().get("callbackPhone") instanceof Rule.Value phone
                ? phone.group()
                : -1;
    }

    private AllowList allowList(AgencyKind kind) {
        AllowList allowList = allowLists.get(kind);
        if (allowList == null) {
            throw new IllegalStateException("no allow-list for " + kind);
        }
        return allowList;
    }

    /** Where what is said of the child stands. */
    private static JsonNode content(ObjectNode message, MessageType type) {
        JsonNode body = message.path("body");
        return type == MessageType.AMEND ? body.path("changes") : body;
    }

    /** The condition under which conditional fields may be disclosed; null when none holds. */
    private static @Nullable String condition(JsonNode content, AgencyKind kind) {
        JsonNode consent = content.path("consent");
        if (isTrue(consent.path("disclosure"))) {
            return CONSENT;
        }
        if (isTrue(consent.path("overridden"))
                && !consent.path("overrideReason").asText().isBlank()) {
            return OVERRIDE;
        }
        if (kind == AgencyKind.COURT && content.path("legalBasis").asText().equals("LEGAL_OBLIGATION")) {
            return LEGAL_BASIS;
        }
        return null;
    }

    private static boolean isTrue(JsonNode flag) {
        return flag.isBoolean() && flag.booleanValue();
    }

    /** True when the call-back number would tell who the reporter is, and the reporter wants to stay unknown. */
    private static boolean identifiesReporter(JsonNode content) {
        JsonNode reporter = content.path("reporter");
        return isTrue(reporter.path("anonymous"))
                && !NOT_SOMEBODY_ELSE.contains(reporter.path("kind").asText());
    }

    /** True when this kind may see the reporter's name. */
    private boolean mayKnowReporter(AgencyKind kind, @Nullable String condition) {
        return allowList(kind).of(MessageType.REQUEST).members().get("body") instanceof Rule.Members body
                && body.members().get("reporter") instanceof Rule.Members reporter
                && reporter.members().get("name") instanceof Rule.Value name
                && (!name.conditional() || condition != null);
    }

    /** Puts in what every message of its type must have, without saying what was left out. */
    private static void makeWhole(ObjectNode from, ObjectNode projected, MessageType type) {
        if (!from.path("body").isObject()) {
            return;
        }
        ObjectNode body =
                projected.path("body") instanceof ObjectNode present ? present : JsonNodeFactory.instance.objectNode();
        projected.set("body", body);
        if (type == MessageType.REQUEST && !body.has("concerns")) {
            body.putArray("concerns").add("UNKNOWN");
        }
        if (type == MessageType.AMEND && !body.has("changes")) {
            body.putObject("changes");
        }
        String needed = TEXT_NEEDED.get(type);
        if (needed != null && from.path("body").has(needed) && !body.has(needed)) {
            body.set(needed, Reduction.NOTICE);
        }
    }

    private static String basis(boolean withheld, @Nullable String used) {
        if (withheld) {
            return WITHHELD;
        }
        return used == null ? NEED_TO_KNOW : used;
    }
}
