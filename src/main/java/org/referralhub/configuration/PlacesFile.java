package org.referralhub.configuration;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Place.Level;
import org.referralhub.message.Text;

/** The list of places as a CSV file: {@code code,parent,level,name_mn,iso_3166_2,time_zone}. */
public final class PlacesFile {
    private static final List<String> COLUMNS =
            List.of("code", "parent", "level", "name_mn", "iso_3166_2", "time_zone");
    private static final Pattern CODE = Pattern.compile("[0-9]{2,10}");
    private static final Pattern ISO = Pattern.compile("MN-(1|0[0-9]{2})");
    private static final Map<Level, Set<Level>> PARENTS = Map.of(
            Level.CAPITAL, Set.of(),
            Level.AIMAG, Set.of(),
            Level.DISTRICT, Set.of(Level.CAPITAL),
            Level.SOUM, Set.of(Level.AIMAG),
            Level.KHOROO, Set.of(Level.DISTRICT),
            Level.BAG, Set.of(Level.SOUM));

    /**
     * What an import did.
     *
     * @param places how many places of the file are free of faults
     * @param written true when the list, or what is sound of it, was taken over
     * @param faults everything wrong, with line and remedy
     */
    public record Imported(int places, boolean written, List<ConfigurationFault> faults) {
        public Imported {
            faults = List.copyOf(faults);
        }
    }

    private record Row(Place place, int line) {}

    private final String file;
    private final Faults faults;
    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Set<String> isoCodes = new HashSet<>();
    private boolean readToItsEnd;

    private PlacesFile(String file, Faults faults) {
        this.file = file;
        this.faults = faults;
    }

    /** Reads the file; everything wrong is added to the faults and left out of the result. */
    public static Places read(HubHome home, Path path, Faults faults) {
        PlacesFile reader = new PlacesFile(home.shown(path), faults);
        reader.readRows(path);
        return new Places(reader.withSoundParents());
    }

    /**
     * Checks the file and, when there is no fault, makes it the hub's list of places ({@code data/places.csv}).
     *
     * @param skipFaulty true to leave out the rows with a fault, and what lies in those places, and to take over the rest; a
     *     file that can't be read to its end is never taken over
     */
    public static Imported importInto(Path source, HubHome home, boolean skipFaulty) {
        Faults faults = new Faults();
        PlacesFile reader = new PlacesFile(home.shown(source), faults);
        reader.readRows(source);
        List<Place> sound = reader.withSoundParents();
        boolean takeOver = skipFaulty ? reader.readToItsEnd && !sound.isEmpty() : faults.isEmpty();
        if (!takeOver) {
            return new Imported(sound.size(), false, faults.all());
        }
        try {
            replace(sound, home.importedPlaces());
        } catch (IOException e) {
            faults.add(
                    home.shown(home.importedPlaces()),
                    0,
                    0,
                    "The list can't be written",
                    "Check that the folder may be written to and has room");
            return new Imported(sound.size(), false, faults.all());
        }
        return new Imported(sound.size(), true, faults.all());
    }

    /** Writes beside the target, syncs and then renames, so that the hub finds the old list or the new one, never a part. */
    private static void replace(List<Place> places, Path target) throws IOException {
        Path folder = Files.createDirectories(target.toAbsolutePath().getParent());
        Path fresh = Files.createTempFile(folder, "places", ".csv.new");
        try {
            write(places, fresh);
            try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(fresh);
        }
    }

    private static void write(List<Place> places, Path file) throws IOException {
        try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(file)) {
            csv.writeRecord(COLUMNS);
            for (Place place : places) {
                csv.writeRecord(
                        place.code(),
                        Objects.requireNonNullElse(place.parent(), ""),
                        lower(place.level()),
                        place.name().mn(),
                        Objects.requireNonNullElse(place.iso(), ""),
                        place.zone().getId());
            }
        }
    }

    private void readRows(Path path) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
        } catch (NoSuchFileException e) {
            faults.add(file, 0, 0, "The file is not there", "Create it, or correct the name");
            return;
        } catch (CharacterCodingException e) {
            faults.add(file, 0, 0, "The file is not UTF-8", "Save it as UTF-8");
            return;
        } catch (IOException e) {
            faults.add(file, 0, 0, "The file can't be read", "Check that it is a file and who may read it");
            return;
        }
        boolean header = true;
        int line = 1;
        try (CsvReader<CsvRecord> reader = CsvReader.builder()
                .skipEmptyLines(true)
                .allowExtraFields(true)
                .allowMissingFields(true)
                .ofCsvRecord(text.startsWith("\uFEFF") ? text.substring(1) : text)) {
            for (CsvRecord record : reader) {
                line = (int) record.getStartingLineNumber();
                if (header) {
                    if (!record.getFields().equals(COLUMNS)) {
                        fault(line, "The columns are not the expected ones", "Write " + String.join(",", COLUMNS));
                        return;
                    }
                    header = false;
                } else if (record.getFields().stream().anyMatch(field -> field.contains("\n"))) {
                    // An open quote swallows rows up to the next one: how many are lost nobody can say.
                    fault(line, "From here on this is not CSV", "Check that every quote is closed");
                    return;
                } else {
                    row(record, line);
                }
            }
            readToItsEnd = !header;
        } catch (CsvParseException e) {
            fault(line, "From here on this is not CSV", "Check that every quote is closed");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (header) {
            fault(1, "The file is empty", "Write the columns " + String.join(",", COLUMNS) + " and the places");
        }
    }

    private void row(CsvRecord record, int line) {
        if (record.getFieldCount() != COLUMNS.size()) {
            fault(
                    line,
                    "The row has " + record.getFieldCount() + " fields instead of " + COLUMNS.size(),
                    record.getFieldCount() > COLUMNS.size()
                            ? "Put quotes around a name that holds a comma"
                            : "Leave a field empty, but keep its comma");
            return;
        }
        int before = faults.all().size();
        String code = record.getField(0).strip();
        String parent = record.getField(1).strip();
        Level level = level(record.getField(2).strip(), line);
        String name = record.getField(3).strip();
        String iso = record.getField(4).strip();
        ZoneId zone = zone(record.getField(5).strip(), line);
        if (!CODE.matcher(code).matches()) {
            fault(line, "The code is not two to ten digits", "Write the national code of the place");
        }
        Row same = rows.get(code);
        if (same != null) {
            fault(line, "The code " + code + " is in line " + same.line + " already", "Keep one of the two");
        }
        if (name.isEmpty()) {
            fault(line, "The name is missing", "Write the place's name in Mongolian");
        }
        if (level != null) {
            checkOutline(level, parent, iso, line);
        }
        if (faults.all().size() > before || level == null || zone == null) {
            return;
        }
        rows.put(
                code,
                new Row(
                        new Place(
                                code,
                                parent.isEmpty() ? null : parent,
                                level,
                                new Text(name, name),
                                iso.isEmpty() ? null : iso,
                                zone),
                        line));
    }

    private void checkOutline(Level level, String parent, String iso, int line) {
        boolean outermost = PARENTS.getOrDefault(level, Set.of()).isEmpty();
        if (outermost && !parent.isEmpty()) {
            fault(line, "A place of level " + lower(level) + " has no parent", "Leave the field empty");
        }
        if (!outermost && parent.isEmpty()) {
            fault(line, "The parent is missing", "Write the code of the place that it lies in");
        }
        if (!outermost && !iso.isEmpty()) {
            fault(line, "Only the capital and the aimags have an ISO 3166-2 code", "Leave the field empty");
        }
        if (outermost && !ISO.matcher(iso).matches()) {
            fault(line, "The ISO 3166-2 code is missing or wrong", "Write it as MN-1 or MN-035");
        } else if (outermost && !isoCodes.add(iso)) {
            fault(line, "The ISO 3166-2 code " + iso + " is there twice", "Give each aimag its own");
        }
    }

    private @Nullable Level level(String written, int line) {
        for (Level level : Level.values()) {
            if (lower(level).equals(written)) {
                return level;
            }
        }
        String all = Arrays.stream(Level.values()).map(PlacesFile::lower).collect(Collectors.joining(", "));
        fault(line, "The level is none of " + all, "Use one of them");
        return null;
    }

    private @Nullable ZoneId zone(String written, int line) {
        if (ZoneId.getAvailableZoneIds().contains(written)) {
            return ZoneId.of(written);
        }
        fault(line, "The time zone is not known", "Use Asia/Ulaanbaatar or Asia/Hovd");
        return null;
    }

    /** Leaves out, again and again, what lies in a place that is not there or of the wrong level. */
    private List<Place> withSoundParents() {
        Map<String, Row> sound = new LinkedHashMap<>(rows);
        List<Row> wrong = new ArrayList<>();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (Row row : List.copyOf(sound.values())) {
                Place place = row.place;
                Row parent = place.parent() == null ? null : sound.get(place.parent());
                boolean misplaced = place.parent() != null
                        && (parent == null
                                || !PARENTS.getOrDefault(place.level(), Set.of())
                                        .contains(parent.place.level()));
                if (misplaced) {
                    wrong.add(row);
                    sound.remove(place.code());
                    changed = true;
                }
            }
        }
        wrong.stream().sorted(java.util.Comparator.comparingInt(Row::line)).forEach(this::misplaced);
        return sound.values().stream().map(Row::place).toList();
    }

    private void misplaced(Row row) {
        Place place = row.place;
        Row parent = rows.get(place.parent());
        if (parent == null) {
            fault(
                    row.line,
                    "The parent " + place.parent() + " is not in the list, or its row has a fault",
                    "Add it, or correct the code");
        } else {
            String may = PARENTS.getOrDefault(place.level(), Set.of()).stream()
                    .map(PlacesFile::lower)
                    .collect(Collectors.joining(" or "));
            fault(
                    row.line,
                    "The level is " + lower(place.level()) + ", which needs a parent of level " + may + ", but "
                            + place.parent() + " is of level " + lower(parent.place.level()),
                    "Correct the parent or the level");
        }
    }

    private static String lower(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private void fault(int line, String problem, String remedy) {
        faults.add(file, line, 0, problem, remedy);
    }
}
