package org.referralhub.agency;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.ConfigSchema;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.Place;
import org.referralhub.configuration.Places;
import org.referralhub.configuration.YamlFile;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;
import org.referralhub.validation.MessageSchema;

/** Reads the files of {@code config/agencies/}. The schema has its say first; here stands what a schema can't know. */
final class AgencyFiles {
    /** Ids that mean something else as a user or a sender. */
    static final Set<String> RESERVED = Set.of("hub", "system", "anonymous");

    private static final ZoneId CAPITAL = OpeningHours.ALWAYS.zone();

    private final HubHome home;
    private final Places places;
    private final Set<String> dialects;
    private final SecretSource secretSource;
    private final Faults faults;
    private final Calendar calendar;

    private final List<Agency> agencies = new ArrayList<>();
    private final Map<String, char[]> secrets = new HashMap<>();
    private final Map<String, JsonNode> secretSources = new HashMap<>();
    private final Map<String, String> firstPlaces = new HashMap<>();

    AgencyFiles(HubHome home, Places places, Set<String> dialects, SecretSource secretSource, Faults faults) {
        this.home = home;
        this.places = places;
        this.dialects = dialects;
        this.secretSource = secretSource;
        this.faults = faults;
        this.calendar = Calendar.load(home, faults);
    }

    List<Agency> agencies() {
        return agencies;
    }

    Map<String, char[]> secrets() {
        return secrets;
    }

    /** The agency's secret, fetched once more from where its entry says. */
    Optional<char[]> secretAgain(String id) {
        JsonNode source = secretSources.get(id);
        return source == null
                ? Optional.empty()
                : Optional.ofNullable(secretSource.fetch(source).secret());
    }

    void read(boolean demo) {
        MessageSchema schema = ConfigSchema.compile(home, "agencies", faults);
        if (schema == null) {
            return;
        }
        files(home, demo, faults).forEach(file -> readFile(file, schema));
        secretSource.warnOfOpenFiles();
    }

    static List<Path> files(HubHome home, boolean demo, Faults faults) {
        List<Path> files = new ArrayList<>();
        Path folder = home.config().resolve("agencies");
        if (Files.isDirectory(folder)) {
            try (Stream<Path> found = Files.walk(folder)) {
                found.filter(file -> file.toString().endsWith(".yaml"))
                        .filter(Files::isRegularFile)
                        .sorted()
                        .forEach(files::add);
            } catch (IOException e) {
                faults.add("config/agencies", 0, 0, "this folder can't be read", "Let the hub's user read it");
            }
        }
        if (demo) {
            files.add(home.config().resolve("demo").resolve("agencies.yaml"));
        }
        return files;
    }

    private void readFile(Path path, MessageSchema schema) {
        Located file = YamlFile.read(home, path, schema, faults);
        JsonNode defaults = file.tree().path("defaults");
        JsonNode entries = file.tree().path("agencies");
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof ObjectNode entry) {
                readEntry(file, "/agencies/" + i, entry, defaults);
            }
        }
    }

    private void readEntry(Located file, String pointer, ObjectNode entry, JsonNode defaults) {
        int before = faults.all().size();
        String id = entry.path("id").asText();
        checkId(file, pointer, id);
        AgencyKind kind = kind(file, pointer, either(entry, defaults, "kind"));
        String dialect = dialect(file, pointer, either(entry, defaults, "dialect"), entry);
        Set<String> serves = serves(file, pointer, entry.path("serves"));
        List<OpeningHours.Days> holidays = named(file, pointer, entry, defaults, "holidays", calendar.holidays());
        String tooMany = Calendar.tooMany(holidays);
        if (tooMany != null) {
            faults.add(file.fault(
                    (entry.has("holidays") ? pointer : "/defaults") + "/holidays",
                    "together " + tooMany,
                    Calendar.REMEDY));
        }
        OpeningHours hours = hours(
                either(entry, defaults, "hours"),
                zone(serves),
                holidays,
                named(file, pointer, entry, defaults, "duty", calendar.duty()));
        char[] secret = secret(file, pointer, entry, defaults, id);
        Reach reach = file.isSound() ? reach(file, pointer, entry, defaults) : Reach.INBOX;
        if (file.isSound()
                && faults.all().size() == before
                && kind != null
                && dialect != null
                && hours != null
                && secret != null) {
            JsonNode name = entry.path("name");
            agencies.add(new Agency(
                    id,
                    kind,
                    new Text(name.path("mn").asText(), name.path("en").asText()),
                    serves,
                    dialect,
                    hours,
                    reach,
                    entry.path("exercise").asBoolean(),
                    expectedEvery(either(entry, defaults, "expectedEvery"))));
            secrets.put(id, secret);
        }
    }

    /** Null where nothing is said; the schema lets whole hours and days through, and nothing else. */
    private static @Nullable Duration expectedEvery(JsonNode every) {
        return every.isTextual() ? Duration.parse(every.asText()) : null;
    }

    private void checkId(Located file, String pointer, String id) {
        if (id.isEmpty()) {
            return;
        }
        if (RESERVED.contains(id)) {
            faults.add(file.fault(pointer + "/id", "the id " + id + " is reserved", "Choose another"));
        }
        String here = file.file() + ":" + file.place(pointer + "/id").line();
        String first = firstPlaces.putIfAbsent(id, here);
        if (first != null) {
            faults.add(file.fault(
                    pointer + "/id",
                    "the id " + id + " is already taken at " + first,
                    "Give each office an id of its own"));
        }
    }

    private @Nullable AgencyKind kind(Located file, String pointer, JsonNode kind) {
        if (kind.isMissingNode()) {
            faults.add(file.fault(pointer, "the kind is missing", "Add kind here or in the file's defaults"));
            return null;
        }
        try {
            return AgencyKind.valueOf(kind.asText());
        } catch (IllegalArgumentException e) {
            return null; // the schema has said so
        }
    }

    private @Nullable String dialect(Located file, String pointer, JsonNode dialect, ObjectNode entry) {
        if (dialect.isMissingNode()) {
            faults.add(file.fault(pointer, "the dialect is missing", "Add dialect here or in the file's defaults"));
            return null;
        }
        String name = dialect.asText();
        if (!dialects.contains(name)) {
            String at = entry.has("dialect") ? pointer + "/dialect" : "/defaults/dialect";
            faults.add(file.fault(
                    at,
                    "there is no dialect " + name,
                    "Use one of " + dialects.stream().sorted().collect(Collectors.joining(", "))));
        }
        return name;
    }

    private Set<String> serves(Located file, String pointer, JsonNode serves) {
        Set<String> codes = new LinkedHashSet<>();
        for (int i = 0; i < serves.size(); i++) {
            String code = serves.get(i).asText();
            codes.add(code);
            if (!Agency.EVERYWHERE.equals(code) && places.find(code).isEmpty()) {
                faults.add(file.fault(
                        pointer + "/serves/" + i,
                        "there is no place " + code,
                        "Use a code of places.csv, or load the national list: ./hub places import FILE"));
            }
        }
        if (codes.contains(Agency.EVERYWHERE) && codes.size() > 1) {
            faults.add(file.fault(
                    pointer + "/serves", "the whole country and single places at once", "Write [\"*\"] or the places"));
        }
        return codes;
    }

    private ZoneId zone(Set<String> serves) {
        return serves.stream()
                .map(places::find)
                .flatMap(Optional::stream)
                .map(Place::zone)
                .findFirst()
                .orElse(CAPITAL);
    }

    /** What the calendar has under the names that this office gives. */
    private <T> List<T> named(
            Located file,
            String pointer,
            ObjectNode entry,
            JsonNode defaults,
            String field,
            Map<String, List<T>> calendars) {
        List<T> all = new ArrayList<>();
        JsonNode names = either(entry, defaults, field);
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).asText();
            List<T> found = calendars.get(name);
            if (found == null) {
                faults.add(file.fault(
                        (entry.has(field) ? pointer : "/defaults") + "/" + field + "/" + i,
                        "config/calendar.yaml has no " + field + " " + name,
                        "Add it there, or name one that is there"));
            } else {
                all.addAll(found);
            }
        }
        return all;
    }

    private static @Nullable OpeningHours hours(
            JsonNode hours, ZoneId zone, List<OpeningHours.Days> holidays, List<OpeningHours.Duty> duty) {
        if (hours.isMissingNode() || hours.asText().equals("always")) {
            return new OpeningHours(List.of(), zone);
        }
        List<OpeningHours.Shift> shifts = new ArrayList<>();
        for (JsonNode shift : hours) {
            OpeningHours.Shift parsed = HoursText.parse(shift.asText());
            if (parsed == null) {
                return null; // the schema has said so
            }
            shifts.add(parsed);
        }
        return shifts.isEmpty() ? null : new OpeningHours(shifts, zone, holidays, duty);
    }

    private Reach reach(Located file, String pointer, ObjectNode entry, JsonNode defaults) {
        ReachReader reader = new ReachReader(home, secretSource, faults, file);
        return new Reach(
                reader.courier(
                        (entry.has("delivery") ? pointer : "/defaults") + "/delivery",
                        either(entry, defaults, "delivery")),
                reader.collector(
                        (entry.has("collect") ? pointer : "/defaults") + "/collect",
                        either(entry, defaults, "collect")),
                either(entry, defaults, "reach").path("phone").textValue());
    }

    private char @Nullable [] secret(Located file, String pointer, ObjectNode entry, JsonNode defaults, String id) {
        JsonNode source = entry.path("secret");
        String at = pointer + "/secret";
        if (source.isMissingNode()) {
            at = pointer;
            String folder = defaults.path("secret").path("folder").textValue();
            if (folder != null) {
                source = entry.objectNode().put("file", folder + "/" + id);
            }
        }
        SecretSource.Fetched fetched = secretSource.fetch(source);
        secretSources.put(id, source);
        if (fetched.secret() == null) {
            faults.add(file.fault(at, fetched.problem(), fetched.remedy()));
        }
        return fetched.secret();
    }

    private static JsonNode either(ObjectNode entry, JsonNode defaults, String field) {
        JsonNode own = entry.path(field);
        JsonNode given = own.isMissingNode() ? defaults.path(field) : own;
        return given.isNull() ? MissingNode.getInstance() : given;
    }
}
