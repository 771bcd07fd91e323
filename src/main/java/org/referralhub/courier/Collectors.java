package org.referralhub.courier;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.CollectorSettings;
import org.referralhub.message.Headers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Text;
import org.referralhub.message.Urgency;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the files that agencies leave for the hub. A file is taken when two looks have found it alike:
 * it goes to the folder {@code taking}, so that one that comes under its name meanwhile is another. When it is in the intake it
 * goes on to {@code done}, and one that can never be taken to {@code failed} with a note beside it.
 *
 * <p>What a look finds in {@code taking} has failed before, or its hub has died: it is sent first. What is in the intake already
 * by then is sent a second time, and the ledger knows it again.
 */
public final class Collectors implements AutoCloseable {
    /** What intake takes at most. */
    static final int LARGEST = 1024 * 1024;

    static final String TAKING = "taking";
    static final String DONE = "done";
    static final String FAILED = "failed";

    private static final Logger LOG = LoggerFactory.getLogger(Collectors.class);
    /** Files that one look takes; the next look takes the next. */
    private static final int A_LOOK = 200;

    private static final Pattern UNFINISHED =
            Pattern.compile("(?i).*(\\.tmp|\\.temp|\\.part|\\.filepart|\\.writing|~)");
    private static final int SHORT_DIGEST = 12;

    private final Map<String, Round> rounds = new ConcurrentHashMap<>();
    private final Predicate<String> paused;
    private final Path data;
    private final Clock clock;
    private final MeterRegistry meters;

    /** One agency's files as the last look found them. */
    private static final class Round {
        private final CollectorSettings settings;
        private final DropFolder folder;
        private Map<String, DropFolder.Found> seen = new HashMap<>();
        private volatile CollectorStatus status;

        Round(CollectorSettings settings, Path data) {
            this.settings = settings;
            this.folder = Couriers.drop(settings.drop(), data);
            this.status = new CollectorStatus(settings.drop().way(), null, null, null);
        }
    }

    /** A file that is whole. */
    public record Collected(String agency, String name) {}

    /**
     * @param paused whether an agency is to be left alone
     * @param data what the paths of folders begin at
     */
    public Collectors(AgencyRegistry agencies, Predicate<String> paused, Path data, Clock clock, MeterRegistry meters) {
        this.paused = paused;
        this.clock = clock;
        this.meters = meters;
        this.data = data;
        follow(agencies);
    }

    /** Goes by these agencies from now on. */
    public synchronized void follow(AgencyRegistry agencies) {
        Set<String> gone = new HashSet<>(rounds.keySet());
        for (Agency agency : agencies.all()) {
            CollectorSettings settings = agency.reach().collector();
            if (settings == null) {
                continue;
            }
            gone.remove(agency.id());
            Round known = rounds.get(agency.id());
            if (known == null || !known.settings.equals(settings)) {
                end(rounds.put(agency.id(), new Round(settings, data)));
            }
        }
        gone.forEach(agency -> end(rounds.remove(agency)));
    }

    private static void end(@Nullable Round round) {
        if (round != null) {
            round.folder.close();
        }
    }

    /** The files that can be taken now; called by the collector's route. */
    public List<Collected> look(@Variable("agency") String agency) {
        Round round = rounds.get(agency);
        if (round == null || paused.test(agency)) {
            // Without one its entry has just lost it, and the route ends too.
            return List.of();
        }
        List<DropFolder.Found> left;
        List<DropFolder.Found> found;
        try {
            left = round.folder.look(TAKING);
            found = round.folder.look("");
        } catch (IOException e) {
            failed(agency, DropCarrier.code(e));
            return List.of();
        }
        Map<String, DropFolder.Found> before = round.seen;
        round.seen = new HashMap<>();
        List<Collected> whole = new ArrayList<>();
        left.stream().limit(A_LOOK).forEach(file -> whole.add(new Collected(agency, file.name())));
        for (DropFolder.Found file : found) {
            if (UNFINISHED.matcher(file.name()).matches()) {
                continue;
            }
            round.seen.put(file.name(), file);
            if (file.equals(before.get(file.name())) && whole.size() < A_LOOK) {
                whole.add(new Collected(agency, file.name()));
            }
        }
        return whole;
    }

    /**
     * The bytes of a file for the intake, in the agency's name: whatever the file says, it comes from the agency whose folder
     * it lay in.
     *
     * @return null when there is nothing to send: it is gone, has been sent before or can't be taken
     */
    public byte @Nullable [] read(@Body Collected file, @org.apache.camel.Headers Map<String, Object> headers)
            throws IOException {
        Round round = round(file.agency());
        byte[] content = take(round, file.name());
        if (content == null) {
            return null;
        }
        if (content.length == 0 || content.length > LARGEST) {
            setAside(file, content.length == 0);
            return null;
        }
        if (isDone(round, file.name(), content)) {
            LOG.info("{} has left a file again that was sent before", file.agency());
            moveToDone(round, file.name(), content);
            count(round, "again");
            return null;
        }
        headers.clear();
        headers.put(Headers.SENDER, file.agency());
        headers.put("JMSXGroupID", file.agency());
        headers.put("JMSPriority", Urgency.URGENT.priority());
        return content;
    }

    /** Null when it is gone. */
    private static byte @Nullable [] take(Round round, String name) throws IOException {
        String taken = TAKING + "/" + name;
        byte[] left = round.folder.read(taken, LARGEST + 1);
        if (left != null || round.folder.read(name, 1) == null) {
            return left;
        }
        round.folder.move(name, TAKING, name);
        return round.folder.read(taken, LARGEST + 1);
    }

    /** The file is in the intake. */
    public void done(@Body byte[] content, @Variable("file") Collected file) throws IOException {
        Round round = round(file.agency());
        moveToDone(round, file.name(), content);
        count(round, "taken");
        round.status = new CollectorStatus(
                round.status.way(), clock.instant(), round.status.lastFailed(), round.status.lastCause());
    }

    /** The file stays in {@code taking} and is tried at the next look. */
    public void troubled(
            @org.apache.camel.ExchangeProperty(org.apache.camel.Exchange.EXCEPTION_CAUGHT) Throwable failure,
            @Variable("agency") String agency) {
        failed(
                agency,
                failure instanceof IOException trouble
                        ? DropCarrier.code(trouble)
                        : failure.getClass().getSimpleName());
    }

    /** How the agency's collector stands; empty when it has none. */
    public Optional<CollectorStatus> status(String agency) {
        return Optional.ofNullable(rounds.get(agency)).map(round -> round.status);
    }

    private Round round(String agency) {
        Round round = rounds.get(agency);
        if (round == null) {
            throw new IllegalArgumentException("no collector for " + agency);
        }
        return round;
    }

    private void failed(String agency, String code) {
        Round round = round(agency);
        LOG.warn("The files of {} can't be collected: {}", agency, code);
        count(round, "trouble");
        round.status = new CollectorStatus(round.status.way(), round.status.lastTaken(), clock.instant(), code);
    }

    private void setAside(Collected file, boolean empty) throws IOException {
        Round round = round(file.agency());
        Text why = empty
                ? new Text("Файл хоосон байна. Дахин бичиж, илгээнэ үү.", "The file is empty. Write it once more.")
                : new Text(
                        "Файл 1 MiB-ээс том байна. Хэсэгчлэн илгээнэ үү.",
                        "The file is larger than 1 MiB. Send it in parts.");
        round.folder.note(
                FAILED, file.name() + ".why.txt", (why.mn() + "\n" + why.en() + "\n").getBytes(StandardCharsets.UTF_8));
        round.folder.move(TAKING + "/" + file.name(), FAILED, file.name());
        LOG.warn("{} has left a file that is {}", file.agency(), empty ? "empty" : "too large");
        count(round, "failed");
    }

    private static boolean isDone(Round round, String name, byte[] content) throws IOException {
        return Arrays.equals(content, round.folder.read(DONE + "/" + name, LARGEST + 1))
                || Arrays.equals(content, round.folder.read(DONE + "/" + other(name, content), LARGEST + 1));
    }

    /** Another file of the same name keeps its place; this one gets a name of its own. */
    private static void moveToDone(Round round, String name, byte[] content) throws IOException {
        byte[] there = round.folder.read(DONE + "/" + name, LARGEST + 1);
        round.folder.move(
                TAKING + "/" + name,
                DONE,
                there == null || Arrays.equals(content, there) ? name : other(name, content));
    }

    private static String other(String name, byte[] content) {
        return Identifiers.digest(content).substring(0, SHORT_DIGEST) + "-" + name;
    }

    private void count(Round round, String result) {
        Counter.builder("hub.collector.files")
                .description("Files of agencies, by way and by what became of them")
                .tag("way", round.settings.drop().way())
                .tag("result", result)
                .register(meters)
                .increment();
    }

    @Override
    public void close() {
        rounds.values().forEach(round -> round.folder.close());
    }
}
