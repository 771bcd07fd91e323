package org.referralhub.counts;

import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.message.Text;

/** Sorts referrals into the cells of one table, one referral after the other. */
final class Gathering {
    /** What the figures of a table are; the order is the table's. */
    enum Figure {
        IDENTIFIED,
        REFERRED,
        ACKNOWLEDGED,
        ACCEPTED,
        REJECTED,
        TRANSFERRED,
        SOLVED,
        OVERDUE
    }

    private final List<Dimension> dimensions;
    private final int concern;
    private final int reason;
    private final AgencyRegistry agencies;
    private final Places places;
    private final Map<Figure, Cube> cubes = new EnumMap<>(Figure.class);
    private final Map<String, String[]> placesOf = new HashMap<>();

    private String month = "";
    private String referral = "";
    private long number;
    private @Nullable About about;
    private final List<Asked> asked = new ArrayList<>();

    /** What is said of a referral. */
    record About(@Nullable String place, String concerns, String urgency, String sender) {}

    /** Reads what is said of a referral, once for all of its rows. */
    interface Reading {
        About read() throws java.sql.SQLException;
    }

    /**
     * An agency that was asked.
     *
     * @param takesOver true when it was asked to take over from another one
     * @param acknowledged seconds until it acknowledged, accepted or declined; negative when it never did
     * @param accepted seconds until it accepted; negative when it never did
     * @param declined the reason; null when it did not decline
     */
    record Asked(
            String recipient,
            boolean takesOver,
            int acknowledged,
            int accepted,
            @Nullable String declined,
            boolean transferred,
            boolean solved,
            boolean overdue) {}

    Gathering(List<Dimension> by, AgencyRegistry agencies, Places places) {
        Set<Dimension> wanted = new TreeSet<>(by);
        if (wanted.contains(Dimension.SOUM)) {
            wanted.add(Dimension.AIMAG);
        }
        this.dimensions = List.copyOf(wanted);
        this.concern = dimensions.indexOf(Dimension.CONCERN);
        this.reason = dimensions.size();
        this.agencies = agencies;
        this.places = places;
        for (Figure figure : Figure.values()) {
            int[] within = new int[dimensions.size() + (figure == Figure.REJECTED ? 1 : 0)];
            java.util.Arrays.fill(within, -1);
            if (wanted.contains(Dimension.SOUM)) {
                within[dimensions.indexOf(Dimension.SOUM)] = dimensions.indexOf(Dimension.AIMAG);
            }
            cubes.put(figure, new Cube(within, concern));
        }
    }

    /** What follows was opened in this month. */
    void month(YearMonth value) {
        month = value.toString();
    }

    /** The assignments that follow are of this referral. */
    void referral(String id, Reading reading) throws java.sql.SQLException {
        if (!id.equals(referral)) {
            finish();
            referral = id;
            about = reading.read();
        }
    }

    void assignment(Asked one) {
        asked.add(one);
    }

    /** The last referral is complete. */
    void finish() {
        About said = about;
        about = null;
        referral = "";
        if (said == null || asked.isEmpty()) {
            // Nobody has it any more: it was sent in error.
            return;
        }
        if (agencies.isExercise(said.sender())) {
            asked.clear();
            return;
        }
        number++;
        each(said, said.sender(), (key, again) -> cube(Figure.IDENTIFIED).add(key, number, again, -1));
        for (Asked one : asked) {
            each(said, one.recipient(), (key, again) -> count(one, key, again));
        }
        asked.clear();
    }

    private void count(Asked one, List<String> key, boolean again) {
        if (!one.takesOver()) {
            cube(Figure.REFERRED).add(key, number, again, -1);
        }
        if (one.acknowledged() >= 0) {
            cube(Figure.ACKNOWLEDGED).add(key, number, again, one.acknowledged());
        }
        if (one.accepted() >= 0) {
            cube(Figure.ACCEPTED).add(key, number, again, one.accepted());
        }
        if (one.declined() != null) {
            List<String> withReason = new ArrayList<>(key);
            withReason.add(one.declined());
            cube(Figure.REJECTED).add(List.copyOf(withReason), number, again, -1);
        }
        if (one.transferred()) {
            cube(Figure.TRANSFERRED).add(key, number, again, -1);
        }
        if (one.solved()) {
            cube(Figure.SOLVED).add(key, number, again, -1);
        }
        if (one.overdue()) {
            cube(Figure.OVERDUE).add(key, number, again, -1);
        }
    }

    private Cube cube(Figure figure) {
        Cube cube = cubes.get(figure);
        if (cube == null) {
            throw new IllegalStateException("a figure without its cube");
        }
        return cube;
    }

    /** Hands over the key for each concern; for the second and further ones with true. */
    private void each(About said, String agency, BiConsumer<List<String>, Boolean> counting) {
        if (concern < 0) {
            counting.accept(key(said, agency, ""), false);
            return;
        }
        boolean again = false;
        for (String code : new TreeSet<>(List.of(said.concerns().split(",")))) {
            counting.accept(key(said, agency, code.isEmpty() ? Dimension.UNKNOWN : code), again);
            again = true;
        }
    }

    private List<String> key(About said, String agency, String concernCode) {
        String[] key = new String[dimensions.size()];
        for (int i = 0; i < key.length; i++) {
            key[i] = switch (dimensions.get(i)) {
                case AIMAG -> placesOf(said.place())[0];
                case SOUM -> placesOf(said.place())[1];
                case KIND ->
                    agencies.find(agency).map(found -> found.kind().name()).orElse(Dimension.UNKNOWN);
                case CONCERN -> concernCode;
                case URGENCY -> said.urgency();
                case MONTH -> month;
            };
        }
        return List.of(key);
    }

    /** Aimag and soum in which a place lies. */
    private String[] placesOf(@Nullable String place) {
        return placesOf.computeIfAbsent(place == null ? "" : place, code -> {
            String[] found = {Dimension.UNKNOWN, Dimension.UNKNOWN};
            for (Place at : places.upward(code)) {
                switch (at.level()) {
                    case CAPITAL, AIMAG -> found[0] = at.code();
                    case DISTRICT, SOUM -> found[1] = at.code();
                    case KHOROO, BAG -> {}
                }
            }
            return found;
        });
    }

    /** The finished table, without what must not be shown. */
    CountTable table(int enough, CodeLists codes) {
        cubes.values().forEach(cube -> cube.hide(enough));
        if (!dimensions.contains(Dimension.KIND)) {
            // Where each referral goes to one agency, one of these figures is the other.
            cube(Figure.IDENTIFIED).hideAsIn(cube(Figure.REFERRED));
            cube(Figure.REFERRED).hideAsIn(cube(Figure.IDENTIFIED));
        }
        below(Figure.REFERRED, Figure.ACKNOWLEDGED, Figure.OVERDUE);
        below(Figure.ACKNOWLEDGED, Figure.ACCEPTED, Figure.REJECTED);
        below(Figure.ACCEPTED, Figure.SOLVED, Figure.TRANSFERRED);
        Set<List<String>> keys = new TreeSet<>(Comparator.comparing(key -> String.join("\n", key)));
        cubes.values().forEach(cube -> cube.keys().forEach(key -> {
            List<String> own = List.copyOf(key.subList(0, dimensions.size()));
            if (!own.contains(Cube.ALL)) {
                keys.add(own);
            }
        }));
        List<CountTable.Row> rows = dimensions.isEmpty()
                ? List.of()
                : keys.stream().map(key -> row(key, codes)).toList();
        return new CountTable(
                dimensions, rows, row(dimensions.stream().map(one -> Cube.ALL).toList(), codes));
    }

    /** Where a figure is hidden, those that count some of the same are not shown: they are the least that it can be. */
    private void below(Figure figure, Figure... parts) {
        for (Figure part : parts) {
            cube(part).hideBelow(cube(figure), dimensions.size());
        }
    }

    private CountTable.Row row(List<String> key, CodeLists codes) {
        Map<String, String> values = new LinkedHashMap<>();
        Map<String, Text> names = new LinkedHashMap<>();
        for (int i = 0; i < key.size(); i++) {
            if (!Cube.ALL.equals(key.get(i))) {
                values.put(dimensions.get(i).code(), key.get(i));
                names.put(dimensions.get(i).code(), name(dimensions.get(i), key.get(i), codes));
            }
        }
        Map<String, @Nullable Long> rejectedFor = new LinkedHashMap<>();
        Collection<String> reasons = new ArrayList<>(codes.codes("reject_reason"));
        reasons.add(Dimension.UNKNOWN);
        for (String code : reasons) {
            rejectedFor.put(code, shown(Figure.REJECTED, with(key, code)));
        }
        return new CountTable.Row(
                values,
                names,
                shown(Figure.IDENTIFIED, key),
                shown(Figure.REFERRED, key),
                shown(Figure.ACKNOWLEDGED, key),
                shown(Figure.ACCEPTED, key),
                shown(Figure.REJECTED, with(key, Cube.ALL)),
                rejectedFor,
                shown(Figure.TRANSFERRED, key),
                shown(Figure.SOLVED, key),
                shown(Figure.OVERDUE, key),
                times(Figure.ACKNOWLEDGED, key),
                times(Figure.ACCEPTED, key));
    }

    private List<String> with(List<String> key, String reasonCode) {
        List<String> longer = new ArrayList<>(key);
        longer.add(reason, reasonCode);
        return List.copyOf(longer);
    }

    private @Nullable Long shown(Figure figure, List<String> key) {
        Cube.Cell cell = cube(figure).cell(key);
        if (cell == null) {
            boolean hidden =
                    figure == Figure.REJECTED && shown(Figure.ACKNOWLEDGED, key.subList(0, dimensions.size())) == null;
            return hidden ? null : 0L;
        }
        return cell.hidden() ? null : Long.valueOf(cell.count());
    }

    private CountTable.@Nullable Times times(Figure figure, List<String> key) {
        Cube.Cell cell = cube(figure).cell(key);
        if (cell == null || cell.hidden()) {
            return null;
        }
        Integer median = cell.percentile(0.5);
        Integer ninetieth = cell.percentile(0.9);
        return median == null || ninetieth == null ? null : new CountTable.Times(median, ninetieth);
    }

    private Text name(Dimension dimension, String value, CodeLists codes) {
        if (Dimension.UNKNOWN.equals(value) && dimension != Dimension.CONCERN) {
            return new Text("Тодорхойгүй", "Not known");
        }
        return switch (dimension) {
            case AIMAG, SOUM -> places.find(value).map(Place::name).orElse(new Text(value, value));
            case KIND -> codes.label("agency_kind", value);
            case CONCERN -> codes.label("concern", value);
            case URGENCY -> codes.label("urgency", value);
            case MONTH -> new Text(value, value);
        };
    }
}
