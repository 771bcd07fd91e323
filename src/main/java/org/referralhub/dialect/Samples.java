package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.referralhub.validation.JsonLocator;
import org.referralhub.validation.JsonLocator.Place;
import org.referralhub.validation.StrictJson;

/**
 * The documents below {@code schemas/<dialect>/samples/}, and whether each becomes what the file beside it says: {@code
 * accepted/} its canonical message, {@code refused/} its findings, {@code outbound/} is what its canonical message becomes.
 */
public final class Samples {
    private static final String CANONICAL = ".canonical.json";
    private static final String FINDINGS = ".findings.json";

    private final HubHome home;
    private final Dialects dialects;
    private final Translator translator;

    /** What a sample shows; the folder has the name in small letters. */
    private enum Way {
        ACCEPTED,
        REFUSED,
        OUTBOUND;

        Path folder(Dialect dialect) {
            return dialect.folder().resolve("samples").resolve(name().toLowerCase(Locale.ROOT));
        }
    }

    /** One document. */
    public static final class Sample {
        private final Dialect dialect;
        private final Way way;
        private final Path file;

        private Sample(Dialect dialect, Way way, Path file) {
            this.dialect = dialect;
            this.way = way;
            this.file = file;
        }

        /** Where it is. */
        public Path file() {
            return file;
        }

        /** Dialect, folder and name. */
        @Override
        public String toString() {
            return "%s: %s/%s"
                    .formatted(dialect.name(), way.name().toLowerCase(Locale.ROOT), String.valueOf(file.getFileName()));
        }

        private Path beside(String ending) {
            String name = String.valueOf(file.getFileName());
            int dot = name.lastIndexOf('.');
            return file.resolveSibling((dot < 0 ? name : name.substring(0, dot)) + ending);
        }

        private Stream<Path> expectations() {
            return switch (way) {
                case ACCEPTED -> Stream.of(beside(CANONICAL), beside(FINDINGS));
                case REFUSED -> Stream.of(beside(FINDINGS));
                case OUTBOUND -> Stream.of(beside(CANONICAL));
            };
        }
    }

    public Samples(HubHome home, Dialects dialects) {
        this.home = home;
        this.dialects = dialects;
        this.translator = new Translator(dialects);
    }

    /** Every sample of every dialect. */
    public List<Sample> all() throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (Dialect dialect : dialects.all()) {
            for (Way way : Way.values()) {
                Path folder = way.folder(dialect);
                if (Files.isDirectory(folder)) {
                    try (Stream<Path> files = Files.list(folder)) {
                        files.filter(Samples::isDocument)
                                .sorted()
                                .forEach(file -> samples.add(new Sample(dialect, way, file)));
                    }
                }
            }
        }
        return samples;
    }

    private static boolean isDocument(Path file) {
        String name = String.valueOf(file.getFileName());
        return Files.isRegularFile(file) && !name.endsWith(CANONICAL) && !name.endsWith(FINDINGS);
    }

    /** Adds a fault for each dialect without a sample, and for each file below {@code samples/} that nothing would run. */
    public void checkThatNoneStandsAlone(List<Sample> samples, Faults faults) throws IOException {
        Set<Path> known = new HashSet<>();
        Set<Dialect> shown = new HashSet<>();
        for (Sample sample : samples) {
            known.add(sample.file);
            sample.expectations().forEach(known::add);
            shown.add(sample.dialect);
        }
        for (Dialect dialect : dialects.all()) {
            if (!shown.contains(dialect)) {
                faults.add(
                        home.shown(dialect.folder()),
                        1,
                        1,
                        "the dialect has no sample",
                        "Put a document into samples/accepted and its canonical message beside it");
                continue;
            }
            try (Stream<Path> files = Files.walk(dialect.folder().resolve("samples"))) {
                files.filter(Files::isRegularFile)
                        .filter(file -> !known.contains(file))
                        .sorted()
                        .forEach(file -> faults.add(
                                home.shown(file),
                                1,
                                1,
                                "no sample belongs to this file",
                                "Put the document beside it, under the same name, or remove the file"));
            }
        }
    }

    /** Runs one sample; each way in which it becomes something else is a fault with its place, and without values. */
    public void run(Sample sample, Faults faults) throws IOException {
        switch (sample.way) {
            case ACCEPTED -> accepted(sample, faults);
            case REFUSED -> refused(sample, faults);
            case OUTBOUND -> outbound(sample, faults);
        }
    }

    private void accepted(Sample sample, Faults faults) throws IOException {
        List<Received> messages = read(sample);
        if (messages.size() > 1) {
            several(sample, messages, faults);
            return;
        }
        Inbound inbound = messages.get(0).inbound();
        if (!(inbound instanceof Inbound.Accepted accepted)) {
            refusals(
                    sample.file,
                    inbound.report(),
                    "",
                    "Correct the sample, or the schema or mapping that refuses it",
                    faults);
            return;
        }
        Expected expected = expected(sample.beside(CANONICAL), faults);
        if (expected != null) {
            String pointer = Difference.first(accepted.canonical(), expected.tree());
            if (pointer != null) {
                differs(
                        expected.file(),
                        JsonLocator.locate(expected.bytes(), Set.of(pointer)).get(pointer),
                        pointer,
                        "its sample becomes something else",
                        faults);
            }
        }
        if (Files.exists(sample.beside(FINDINGS))) {
            findings(accepted.report(), sample, faults);
        }
    }

    /** A file of several messages becomes a list of canonical ones, with null for each that is refused. */
    private void several(Sample sample, List<Received> messages, Faults faults) throws IOException {
        Expected expected = expected(sample.beside(CANONICAL), faults);
        if (expected != null) {
            ArrayNode canonical = JsonNodeFactory.instance.arrayNode();
            for (Received message : messages) {
                canonical.add(message.inbound() instanceof Inbound.Accepted accepted ? accepted.canonical() : null);
            }
            String pointer = Difference.first(canonical, expected.tree());
            if (pointer != null) {
                differs(
                        expected.file(),
                        JsonLocator.locate(expected.bytes(), Set.of(pointer)).get(pointer),
                        pointer,
                        "its sample becomes something else",
                        faults);
            }
        }
        if (Files.exists(sample.beside(FINDINGS))) {
            findings(reports(messages), sample, faults);
        }
    }

    /** Everything that was found in all of them. */
    private static Report reports(List<Received> messages) {
        return new Report(messages.stream()
                .flatMap(message -> message.inbound().report().findings().stream())
                .toList());
    }

    private void refused(Sample sample, Faults faults) throws IOException {
        List<Received> messages = read(sample);
        if (messages.stream().anyMatch(message -> message.inbound() instanceof Inbound.Accepted)) {
            faults.add(
                    home.shown(sample.file),
                    1,
                    1,
                    "this sample is meant to be refused and passes",
                    "Correct the schema or mapping that lets it pass, or move the sample to accepted/");
        } else {
            findings(reports(messages), sample, faults);
        }
    }

    private void outbound(Sample sample, Faults faults) throws IOException {
        Expected message = expected(sample.beside(CANONICAL), faults);
        if (message == null) {
            return;
        }
        if (!(message.tree() instanceof ObjectNode canonical)) {
            faults.add(home.shown(message.file()), 1, 1, "a canonical message is an object", "Write the message here");
            return;
        }
        if (!isCanonical(canonical, message, faults)) {
            return;
        }
        Outbound outbound;
        try {
            outbound = translator.outbound(sample.dialect.name(), canonical);
        } catch (TranslationException e) {
            refusals(
                    message.file(),
                    e.report(),
                    "cannot be written in the dialect: ",
                    "Correct the message, or the mapping or schema of the dialect",
                    faults);
            return;
        }
        byte[] document = Files.readAllBytes(sample.file);
        Codec codec = sample.dialect.codec();
        JsonNode written = codec.read(outbound.bytes()).tree();
        Codec.Read read = codec.read(document);
        JsonNode expected = read.tree();
        if (written == null || expected == null) {
            refusals(sample.file, new Report(read.findings()), "", "Correct the sample", faults);
            return;
        }
        String pointer = codec instanceof XmlCodec
                ? Difference.firstInOrder(written, expected)
                : Difference.first(written, expected);
        if (pointer != null) {
            differs(
                    sample.file,
                    codec.locate(document, Set.of(pointer)).get(pointer),
                    pointer,
                    "the message beside it becomes something else",
                    faults);
        }
    }

    /** What the hub never sends shows nothing. A message on its way out may lack whatever its recipient may not see. */
    private boolean isCanonical(ObjectNode canonical, Expected message, Faults faults) {
        List<Finding> findings = new ArrayList<>(dialects.canonical().checkDisclosed(canonical));
        findings.addAll(dialects.canonical().checkCodes(canonical));
        Set<String> pointers = new HashSet<>();
        findings.forEach(finding -> pointers.add(finding.pointer()));
        Map<String, Place> places = JsonLocator.locate(message.bytes(), pointers);
        List<Finding> located = findings.stream()
                .map(finding -> {
                    Place place = places.getOrDefault(finding.pointer(), new Place(1, 1));
                    return finding.at(finding.pointer(), place.line(), place.column());
                })
                .toList();
        Report report = new Report(located);
        refusals(message.file(), report, "is no canonical message: ", "Correct the message here", faults);
        return !report.refuses();
    }

    private List<Received> read(Sample sample) throws IOException {
        Dialect dialect = sample.dialect;
        return translator.inboundEach(
                dialect.name(), dialect.samplesSender(), Files.readAllBytes(sample.file), dialect.samplesNow());
    }

    private void refusals(Path file, Report report, String before, String remedy, Faults faults) {
        for (Finding finding : report.findings()) {
            if (finding.refuses()) {
                faults.add(
                        home.shown(file),
                        finding.line(),
                        finding.column(),
                        "%s%s at %s: %s"
                                .formatted(
                                        before,
                                        finding.code(),
                                        shown(finding.pointer()),
                                        finding.message().en().replaceFirst("\\.$", "")),
                        remedy);
            }
        }
    }

    private void differs(Path file, @Nullable Place place, String pointer, String problem, Faults faults) {
        faults.add(
                home.shown(file),
                place == null ? 1 : place.line(),
                place == null ? 1 : place.column(),
                problem + ", first at " + shown(pointer),
                "Correct the mapping, or write here what is right now");
    }

    private static String shown(String pointer) {
        return pointer.isEmpty() ? "/" : pointer;
    }

    /** A file that says what is expected. */
    private record Expected(Path file, byte[] bytes, JsonNode tree) {}

    private @Nullable Expected expected(Path file, Faults faults) throws IOException {
        if (!Files.isRegularFile(file)) {
            faults.add(
                    home.shown(file),
                    1,
                    1,
                    "the file that says what is expected of the sample is not there",
                    "Create it; ./hub check then says where it differs");
            return null;
        }
        byte[] bytes = Files.readAllBytes(file);
        StrictJson.Parsed parsed = StrictJson.parse(bytes);
        JsonNode tree = parsed.tree();
        if (tree == null) {
            refusals(file, new Report(parsed.findings()), "", "Correct the text here", faults);
            return null;
        }
        return new Expected(file, bytes, tree);
    }

    /** Every finding, in its order; one fault for the first that is not as expected. */
    private void findings(Report report, Sample sample, Faults faults) throws IOException {
        Expected expected = expected(sample.beside(FINDINGS), faults);
        if (expected == null) {
            return;
        }
        List<Finding> found = report.findings();
        int most = Math.max(found.size(), expected.tree().size());
        for (int i = 0; i < most; i++) {
            String finding = i < found.size() ? line(found.get(i)) : "nothing";
            String wanted = expected.tree().has(i) ? line(expected.tree().path(i)) : "nothing";
            if (!finding.equals(wanted)) {
                String pointer = "/" + i;
                Place place =
                        JsonLocator.locate(expected.bytes(), Set.of(pointer)).get(pointer);
                faults.add(
                        home.shown(expected.file()),
                        place == null ? 1 : place.line(),
                        place == null ? 1 : place.column(),
                        "finding %d of the sample is %s, and %s is expected".formatted(i + 1, finding, wanted),
                        "Correct the schema, rule or mapping, or write here what is right now");
                return;
            }
        }
    }

    /** A finding as the files with expectations have it, in one line and without its text. */
    static String line(Finding finding) {
        return "%s %s %s %d:%d"
                .formatted(
                        finding.severity().name().toLowerCase(Locale.ROOT),
                        finding.code(),
                        finding.pointer(),
                        finding.line(),
                        finding.column());
    }

    private static String line(JsonNode finding) {
        return "%s %s %s %d:%d"
                .formatted(
                        finding.path("severity").asText().toLowerCase(Locale.ROOT),
                        finding.path("code").asText(),
                        finding.path("pointer").asText(),
                        finding.path("line").asInt(),
                        finding.path("column").asInt());
    }
}
