package org.referralhub.edition;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.Setup;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.edition.ChangeReport.Cause;
import org.referralhub.edition.ChangeReport.How;
import org.referralhub.edition.ChangeReport.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts another edition in the place of the one that runs, or says why not. One attempt at a time; messages go on meanwhile.
 *
 * <p>What stands in the files is copied, read, checked with every sample and tried on the last messages. Only what passes all
 * of it is prepared at the broker, takes over with one write to memory, and is followed by the routes. If anything fails, what
 * ran goes on, and nobody but the operators notices.
 */
public final class LiveChange {
    private static final Logger LOG = LoggerFactory.getLogger(LiveChange.class);
    private static final int FAULTS_IN_LOG = 20;
    /** Read by what is only set up once. */
    private static final List<String> AT_START = List.of(
            "config/application.yaml", "config/application-demo.yaml", "config/broker.xml", "config/alarms.yaml");

    private final HubHome home;
    private final boolean demo;
    private final Shelf shelf;
    private final Editions editions;
    private final Takeover takeover;
    private final Supplier<Replay> replay;
    private final Clock clock;
    private final List<Consumer<ChangeReport>> witnesses = new ArrayList<>();
    private volatile Status status;

    /**
     * How the configuration stands.
     *
     * @param version the one that runs
     * @param since when it began to, on this node
     * @param inFiles the version that stands in the home as far as was looked; another one when it was refused, or gone back from
     * @param refused the last attempt that was refused; null when none was since the start
     * @param last the last attempt that came to anything; null when there was none since the start
     * @param kept versions that can run again, the latest first
     */
    public record Status(
            String version,
            Instant since,
            String inFiles,
            @Nullable ChangeReport refused,
            @Nullable ChangeReport last,
            List<String> kept) {}

    LiveChange(
            HubHome home,
            boolean demo,
            Shelf shelf,
            Editions editions,
            FirstEdition first,
            List<Follower> followers,
            Supplier<Replay> replay,
            Clock clock) {
        this.home = home;
        this.demo = demo;
        this.shelf = shelf;
        this.editions = editions;
        this.takeover = new Takeover(home, editions, followers);
        this.replay = replay;
        this.clock = clock;
        Instant now = clock.instant();
        ChangeReport refused = first.faults().isEmpty()
                ? null
                : new ChangeReport(
                        now,
                        new Cause(How.START, Cause.HUB, null),
                        Outcome.REFUSED,
                        first.home(),
                        first.edition().version(),
                        first.faults(),
                        0,
                        List.of(),
                        List.of());
        this.status = new Status(first.edition().version(), now, first.home(), refused, refused, kept());
    }

    /** Is told of every attempt that came to anything, one after the other. Before the first. */
    void tell(Consumer<ChangeReport> witness) {
        witnesses.add(witness);
    }

    /** How it stands now. */
    public Status status() {
        return status;
    }

    /** Takes what stands in the files, if it is something new and without a fault. */
    public synchronized ChangeReport reload(Cause cause) {
        Edition now = editions.current();
        String version;
        try {
            Setup.requireFolders(home);
            version = shelf.copy();
        } catch (ConfigurationException e) {
            return refuse(cause, "", now, e.faults(), null);
        } catch (IOException | RuntimeException e) {
            Faults faults = new Faults();
            faults.add(
                    home.shown(home.root()),
                    0,
                    0,
                    "the files can't be copied to the data folder: " + e.getMessage(),
                    "See that the hub may read them and that the disk has room, then ask again: ./hub reload");
            return refuse(cause, "", now, faults.all(), null);
        }
        try {
            if (version.equals(now.version())) {
                shelf.run(version, null);
                stands(version);
                return cause.how() == How.RELOAD ? again(cause, now) : unchanged(cause, version, now);
            }
            if (cause.how() == How.FILES && shelf.isDeclined(version)) {
                stands(version);
                return unchanged(cause, version, now);
            }
            return attempt(cause, version, now, version);
        } catch (IOException e) {
            throw new IllegalStateException("the data folder can't be written", e);
        }
    }

    /**
     * Runs a version again that has run before. The files stay as they are; what stands in them is not taken until it changes
     * or somebody asks for it.
     *
     * @param version null for the latest that ran before the present one and that nobody has gone back from: asked again and
     *     again, it comes to ever older ones
     * @throws IllegalArgumentException when it is not kept
     */
    public synchronized ChangeReport back(@Nullable String version, Cause cause) {
        Edition now = editions.current();
        String wanted = version != null
                ? version
                : shelf.before()
                        .orElseThrow(() ->
                                new IllegalArgumentException("no version is kept that ran before " + now.version()));
        if (!shelf.accepted().contains(wanted)) {
            throw new IllegalArgumentException("no version " + wanted + " is kept");
        }
        try {
            return wanted.equals(now.version())
                    ? unchanged(cause, wanted, now)
                    : attempt(cause, wanted, now, status.inFiles());
        } catch (IOException e) {
            throw new IllegalStateException("the data folder can't be written", e);
        }
    }

    /** The same files may name secrets that are others now. */
    private ChangeReport again(Cause cause, Edition now) throws IOException {
        Faults faults = new Faults();
        try {
            Setup setup = Setup.load(shelf.home(now.version()), demo, faults);
            if (faults.isEmpty() && takeover.run(now, Edition.of(now.version(), setup), faults)) {
                return unchanged(cause, now.version(), now);
            }
        } catch (ConfigurationException e) {
            e.faults().forEach(faults::add);
        }
        return refuse(cause, now.version(), now, faults.all(), null);
    }

    private ChangeReport attempt(Cause cause, String version, Edition now, String inFiles) throws IOException {
        Faults faults = new Faults();
        Edition next = EditionCheck.read(
                shelf,
                version,
                demo,
                // Going back is for trouble, and must be quick; what has run has passed its checks.
                cause.how() != How.BACK,
                faults);
        if (next == null) {
            return refuse(cause, version, now, faults.all(), null);
        }
        takeover.check(now, next, faults);
        if (!faults.isEmpty()) {
            return refuse(cause, version, now, faults.all(), null);
        }
        // Who goes back has seen that version at work, and has no time.
        Replay tried = cause.how() == How.BACK ? null : tried(now, next, faults);
        if (!faults.isEmpty()) {
            return refuse(cause, version, now, faults.all(), null);
        }
        List<ConfigurationFault> harm = tried == null ? List.of() : tried.harm();
        if (!harm.isEmpty() && cause.reason() == null) {
            return refuse(cause, version, now, harm, tried);
        }
        if (!takeover.run(now, next, faults)) {
            return refuse(cause, version, now, faults.all(), tried);
        }
        String declined = inFiles.equals(version) ? null : inFiles;
        if (cause.how() == How.BACK) {
            shelf.runAgain(version, declined);
        } else {
            shelf.run(version, declined);
        }
        ChangeReport report = report(cause, Outcome.ACCEPTED, version, now, harm, tried, changedForStart(now, version));
        status = new Status(version, report.at(), inFiles, null, report, kept());
        LOG.info(
                "Configuration {} runs instead of {} ({}, {}): {} messages tried, {} differences{}",
                version,
                now.version(),
                cause.how(),
                cause.actor(),
                report.replayed(),
                report.differences().size(),
                report.forced() ? "; forced, though messages like recent ones will be refused" : "");
        if (!inFiles.equals(version)) {
            LOG.warn(
                    "The files hold another version, {}; it is not taken before they change or ./hub reload asks for it",
                    inFiles);
        }
        report.atNextStart().forEach(file -> LOG.warn("{} has changed; that takes effect at the next start", file));
        witnesses.forEach(witness -> witness.accept(report));
        return report;
    }

    private @Nullable Replay tried(Edition now, Edition next, Faults faults) {
        try {
            return replay.get().run(now, next);
        } catch (RuntimeException e) {
            LOG.warn("The last messages could not be tried: {}", e.getClass().getName());
            faults.add(
                    "data",
                    0,
                    0,
                    "the last messages can't be tried, since the ledger does not answer",
                    "See ./hub status, then ask again: ./hub reload");
            return null;
        }
    }

    private ChangeReport refuse(
            Cause cause, String version, Edition now, List<ConfigurationFault> faults, @Nullable Replay tried) {
        try {
            if (cause.how() != How.BACK && !version.isEmpty() && !version.equals(now.version())) {
                shelf.decline(version);
            }
            shelf.discard();
        } catch (IOException e) {
            LOG.warn("The data folder can't be written: {}", e.getClass().getName());
        }
        ChangeReport report = report(cause, Outcome.REFUSED, version, now, faults, tried, List.of());
        boolean told = isTold(report);
        status = new Status(
                now.version(),
                status.since(),
                cause.how() == How.BACK ? status.inFiles() : version,
                report,
                report,
                kept());
        if (!told) {
            LOG.error("Configuration {} is refused with {} faults; {} goes on", version, faults.size(), now.version());
            faults.stream().limit(FAULTS_IN_LOG).forEach(fault -> LOG.error("{}", fault));
            witnesses.forEach(witness -> witness.accept(report));
        }
        return report;
    }

    /** A file that can't be copied is looked for again and again; saying so once is enough. */
    private boolean isTold(ChangeReport report) {
        ChangeReport before = status.last();
        return before != null
                && report.cause().how() == How.FILES
                && before.outcome() == Outcome.REFUSED
                && before.version().equals(report.version())
                && before.faults().equals(report.faults());
    }

    private ChangeReport unchanged(Cause cause, String version, Edition now) {
        return report(cause, Outcome.UNCHANGED, version, now, List.of(), null, List.of());
    }

    private void stands(String version) {
        Status was = status;
        status = new Status(
                was.version(),
                was.since(),
                version,
                version.equals(was.version()) ? null : was.refused(),
                was.last(),
                kept());
    }

    private ChangeReport report(
            Cause cause,
            Outcome outcome,
            String version,
            Edition now,
            List<ConfigurationFault> faults,
            @Nullable Replay tried,
            List<String> atNextStart) {
        return new ChangeReport(
                clock.instant(),
                cause,
                outcome,
                version,
                now.version(),
                faults,
                tried == null ? 0 : tried.tried(),
                tried == null ? List.of() : ChangeReport.Told.of(tried),
                atNextStart);
    }

    private List<String> kept() {
        List<String> kept = new ArrayList<>(shelf.accepted());
        Collections.reverse(kept);
        return List.copyOf(kept);
    }

    private List<String> changedForStart(Edition before, String version) {
        return AT_START.stream()
                .filter(file -> !Arrays.equals(content(before.version(), file), content(version, file)))
                .toList();
    }

    private byte[] content(String version, String file) {
        Path path = shelf.home(version).root().resolve(file);
        try {
            return Files.exists(path) ? Files.readAllBytes(path) : "absent".getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            return new byte[0];
        }
    }
}
