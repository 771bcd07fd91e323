package org.referralhub.deadletter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.ledger.AccessLog;
import org.referralhub.ledger.LedgerUnavailableException;
import org.referralhub.message.Finding;
import org.referralhub.message.Queues;
import org.referralhub.validation.ReportJson;

/** What letters hold, masked but for what a caller may see at this moment; and asking to see more. */
public class Contents {
    /** The most rows of a list of unmaskings. */
    public static final int LARGEST_PAGE = 500;

    /** The most fields that are asked for one by one. */
    public static final int MOST_FIELDS = 100;

    private static final String INTAKE = Queues.intake("");
    private static final String SELECT =
            "select id, letter, fields, sensitive, state, asker, reason, asked_at, decider,"
                    + " decision, decided_at, until from unmasking";
    private static final Pattern PLACE = Pattern.compile("(\\d{1,18})-(.{1,64})");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Desk desk;
    private final DeskOrders orders;
    private final DataSource readers;
    private final Supplier<Masking> masking;
    private final Supplier<AgencyRegistry> agencies;
    private final AccessLog access;
    private final Clock clock;

    public Contents(
            Desk desk,
            DeskOrders orders,
            DataSource readers,
            Supplier<Masking> masking,
            Supplier<AgencyRegistry> agencies,
            AccessLog access,
            Clock clock) {
        this.desk = desk;
        this.orders = orders;
        this.readers = readers;
        this.masking = masking;
        this.agencies = agencies;
        this.access = access;
        this.clock = clock;
    }

    /**
     * What the letter holds, as the caller may see it now. That something unmasked is shown is on the audit chain before this
     * returns.
     *
     * @param caller who looks
     * @return empty when there is no such letter, or when its bytes were removed
     * @throws LedgerUnavailableException when something unmasked would be shown and that can't be noted
     */
    public Optional<Content> content(String letter, String caller) {
        LetterSummary summary = desk.show(letter).map(Letter::summary).orElse(null);
        LetterContent kept = summary == null ? null : desk.content(letter).orElse(null);
        if (summary == null || kept == null) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        List<Unmasking> granted = of(letter, caller).stream()
                .filter(unmasking -> unmasking.holds(now) && UnmaskAction.SHOWN.contains(summary.state()))
                .toList();
        boolean[] seen = {false};
        Content content = masking.get().shown(dialect(summary), kept.original(), findings(kept), (pointer, needs) -> {
            boolean may = granted.stream()
                    .anyMatch(one -> one.covers(pointer) && (needs == Field.Needs.REASON || one.decider() != null));
            seen[0] |= may;
            return may;
        });
        if (seen[0]) {
            access.note(caller, "see-unmasked", letter);
        }
        return Optional.of(content);
    }

    /**
     * Findings about a letter with places as its masked content has them: a pointer is made of the sender's own names, and a
     * name of a field can be a child's. Without places when the bytes were removed.
     */
    public List<Finding> masked(String letter, List<Finding> findings) {
        if (findings.stream().allMatch(finding -> finding.pointer().isEmpty())) {
            return findings;
        }
        LetterSummary summary = desk.show(letter).map(Letter::summary).orElse(null);
        LetterContent kept = summary == null ? null : desk.content(letter).orElse(null);
        return summary == null || kept == null
                ? findings.stream()
                        .map(finding -> finding.at("", finding.line(), finding.column()))
                        .toList()
                : masking.get()
                        .masked(dialect(summary), kept.original(), findings)
                        .findings();
    }

    /** True when the letter's bytes can be read as a document, so that there is something to edit. */
    public boolean isReadable(String letter) {
        LetterSummary summary = desk.show(letter).map(Letter::summary).orElse(null);
        LetterContent kept = summary == null ? null : desk.content(letter).orElse(null);
        return summary != null
                && kept != null
                && masking.get()
                                .masked(dialect(summary), kept.original(), List.of())
                                .root()
                        != null;
    }

    /** The format of the bytes that are kept, by where they failed; null when nobody can say. */
    @Nullable
    String dialect(LetterSummary letter) {
        String origin = letter.origin();
        if (origin.equals(Queues.DELIVERY)) {
            return "canonical";
        }
        String inbox = Queues.agencyOf(origin);
        if (inbox != null) {
            return agencies.get().find(inbox).map(Agency::dialect).orElse(null);
        }
        return origin.startsWith(INTAKE) ? origin.substring(INTAKE.length()) : letter.dialect();
    }

    static List<Finding> findings(LetterContent content) {
        try {
            return ReportJson.fromBytes(content.findings()).findings();
        } catch (IllegalArgumentException e) {
            // Its text may quote what was not understood.
            return List.of();
        }
    }

    /**
     * Asks to see what is masked.
     *
     * @param fields pointers as the masked content has them; an empty one means everything
     * @param reason without anything personal
     * @return empty when there is no such letter
     * @throws IllegalArgumentException when a pointer leads to nothing in the letter; its text names no pointer
     */
    public Optional<DeskOrders.Answer> unmask(
            String letter, @Nullable Integer expected, List<String> fields, String caller, String reason) {
        LetterSummary summary = desk.show(letter).map(Letter::summary).orElse(null);
        LetterContent kept = summary == null ? null : desk.content(letter).orElse(null);
        if (summary == null || kept == null) {
            return Optional.empty();
        }
        Content content = masking.get().masked(dialect(summary), kept.original(), findings(kept));
        if (fields.isEmpty()
                || fields.size() > MOST_FIELDS
                || !pointers(content.root()).containsAll(fields)) {
            throw new IllegalArgumentException("a field that the letter has not");
        }
        boolean sensitive = content.root() == null || isSensitive(content.root(), fields);
        return Optional.of(orders.order(
                UnmaskAction.NAME,
                letter,
                expected,
                caller,
                reason,
                Map.of(UnmaskAction.FIELDS, fields, UnmaskAction.SENSITIVE, Boolean.toString(sensitive))));
    }

    private static Set<String> pointers(@Nullable Field field) {
        Set<String> pointers = new HashSet<>();
        pointers.add("");
        if (field != null) {
            pointers.add(field.pointer());
            field.fields().forEach(child -> pointers.addAll(pointers(child)));
        }
        return pointers;
    }

    private static boolean isSensitive(Field field, List<String> asked) {
        boolean meant = asked.stream()
                .anyMatch(pointer -> field.pointer().equals(pointer)
                        || pointer.isEmpty()
                        || field.pointer().startsWith(pointer + '/'));
        // What is cut off nobody has looked at.
        return (meant && (field.needs() == Field.Needs.SECOND_PERSON || field.left() > 0))
                || field.fields().stream().anyMatch(child -> isSensitive(child, asked));
    }

    /**
     * A second person agrees or refuses.
     *
     * @param unmasking its id
     * @param reason in the decider's words, without anything personal; may be empty
     */
    public DeskOrders.Answer decide(String unmasking, boolean approve, String caller, String reason) {
        return orders.order(
                approve ? DecideUnmaskingAction.APPROVE : DecideUnmaskingAction.REFUSE,
                unmasking,
                null,
                caller,
                reason);
    }

    /**
     * Who asked to see what, the latest first.
     *
     * @param state null for any
     * @param letter null for any
     * @param after {@link Unmasking#place} of the last one of the page before; null to begin
     * @param size 1 to 500
     * @throws IllegalArgumentException when there is no such place
     */
    public List<Unmasking> unmaskings(
            Unmasking.@Nullable State state, @Nullable String letter, @Nullable String after, int size) {
        return page(new StringBuilder(" where 1 = 1"), state, letter, after, size);
    }

    /** As {@link #unmaskings}, only those that somebody has decided. */
    public List<Unmasking> decided(@Nullable String after, int size) {
        return page(new StringBuilder(" where state <> 'ASKED'"), null, null, after, size);
    }

    private List<Unmasking> page(
            StringBuilder where,
            Unmasking.@Nullable State state,
            @Nullable String letter,
            @Nullable String after,
            int size) {
        List<String> values = new ArrayList<>();
        if (state != null) {
            where.append(" and state = ?");
            values.add(state.name());
        }
        if (letter != null) {
            where.append(" and letter = ?");
            values.add(letter);
        }
        if (after != null) {
            Matcher place = PLACE.matcher(after);
            if (!place.matches()) {
                throw new IllegalArgumentException("not a place");
            }
            long asked = Long.parseLong(place.group(1));
            where.append(" and (asked_at < ").append(asked).append(" or (asked_at = ");
            where.append(asked).append(" and id > ?))");
            values.add(place.group(2));
        }
        return read(
                SELECT + where + " order by asked_at desc, id limit " + Math.max(1, Math.min(size, LARGEST_PAGE)),
                values);
    }

    private List<Unmasking> of(String letter, String caller) {
        return read(SELECT + " where letter = ? and asker = ? and state = 'GRANTED'", List.of(letter, caller));
    }

    private List<Unmasking> read(String sql, List<String> values) {
        try (Connection connection = readers.getConnection();
                PreparedStatement select = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.size(); i++) {
                select.setString(i + 1, values.get(i));
            }
            List<Unmasking> unmaskings = new ArrayList<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    unmaskings.add(unmasking(rows));
                }
            }
            return unmaskings;
        } catch (SQLException e) {
            throw new DeskException("the unmaskings can't be read now", e);
        }
    }

    private static Unmasking unmasking(ResultSet row) throws SQLException {
        return new Unmasking(
                row.getString(1),
                row.getString(2),
                fields(row.getString(3)),
                row.getInt(4) != 0,
                Unmasking.State.valueOf(row.getString(5)),
                row.getString(6),
                row.getString(7),
                Instant.ofEpochMilli(row.getLong(8)),
                row.getString(9),
                row.getString(10),
                moment(row, 11),
                moment(row, 12));
    }

    private static @Nullable Instant moment(ResultSet row, int column) throws SQLException {
        long at = row.getLong(column);
        return row.wasNull() ? null : Instant.ofEpochMilli(at);
    }

    private static List<String> fields(String json) {
        try {
            return MAPPER.readValue(json, new TypeReference<List<String>>() {});
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the fields of an unmasking are not JSON");
        }
    }
}
