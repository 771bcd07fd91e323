package org.referralhub.alarm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.Ledger;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerEntry;
import org.referralhub.ledger.LedgerInput;
import org.referralhub.ledger.LedgerTransaction;
import org.referralhub.ledger.Messages;
import org.referralhub.ledger.MovableClock;
import org.referralhub.ledger.ResponseTimes;
import org.referralhub.ledger.Views;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.recipient.Choice;
import org.referralhub.watch.Silence;

class AlarmsTest {
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("police-bzd", AgencyKind.POLICE, "1110")
            .registry();
    private static final AlarmSettings SETTINGS =
            new AlarmSettings(Duration.ofSeconds(20), Duration.ofMinutes(10), 3, null, null, List.of());

    @TempDir
    Path folder;

    private final MovableClock clock = new MovableClock("2026-11-22T16:00:00Z");
    private final List<Notice> heard = new ArrayList<>();
    private LedgerDatabase database;
    private Ledger ledger;

    @AfterEach
    void close() {
        if (database != null) {
            ledger.close();
            database.close();
        }
    }

    /** A ledger in which a DUE message runs the SQL in its body. */
    private void open(Databases kind) {
        database = kind.open();
        ledger = new Ledger(
                        database,
                        (request, at) ->
                                List.of(new Choice(AGENCIES.find("police-bzd").orElseThrow(), "violence")),
                        Views.WHOLE,
                        AGENCIES,
                        ResponseTimes.PROPOSED,
                        clock)
                .add(new LedgerEntry() {
                    @Override
                    public Set<LedgerKind> kinds() {
                        return Set.of(LedgerKind.DUE);
                    }

                    @Override
                    public void record(LedgerInput input, LedgerTransaction transaction) throws SQLException {
                        transaction.flush();
                        PreparedStatement statement =
                                transaction.statement(new String(input.body(), StandardCharsets.UTF_8));
                        statement.executeUpdate();
                    }
                });
    }

    private void run(String sql) throws SQLException {
        ledger.process(
                List.of(new LedgerInput("ID:1", LedgerKind.DUE, Map.of(), sql.getBytes(StandardCharsets.UTF_8))));
    }

    private void refer(int from, int to, String urgency) throws SQLException {
        ledger.process(IntStream.range(from, to)
                .mapToObj(i -> Messages.request("helpline-108", "call-" + i)
                        .urgency(urgency)
                        .input())
                .toList());
    }

    /** Null before it is known. */
    private @Nullable List<Silence.Silent> silent = List.of();

    private Alarms alarms(Channel... channels) {
        return alarms("node-1", channels);
    }

    private Alarms alarms(String node, Channel... channels) {
        return new Alarms(
                new Troubles(
                        database.readers(),
                        () -> Places.load(new HubHome(Path.of(".")), new Faults()),
                        "exercise"::equals,
                        () -> Optional.ofNullable(silent),
                        clock),
                List.of(channels),
                SETTINGS,
                new Lease(database, "alarms", node),
                clock,
                new SimpleMeterRegistry());
    }

    @ParameterizedTest
    @EnumSource
    void aLetterWhoseTimeIsOverAndASilentAgencyAreToldAndCleared(Databases kind) throws Exception {
        open(kind);
        run(
                "insert into letter (id, state, revision, rank, due_at, fingerprint, urgency, origin, stage, cause, failure,"
                        + " attempts, capture, captured_at, changed_at, changed_by) values ('letter-1', 'OPEN', 0, 2, "
                        + clock.instant().plusSeconds(60).toEpochMilli()
                        + ", 'f', 'URGENT', 'hub.delivery', 'deliver', 'unknown-agency', 'permanent', 1, 'c', 0, 0, 'hub')");
        silent = List.of(new Silence.Silent("school-3", clock.instant()));
        Alarms alarms = alarms(hearing());
        alarms.look();
        clock.move(Duration.ofSeconds(20));
        alarms.look();

        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).counts()).containsExactly(Map.entry("silent-agency ROUTINE", 1L));
        assertThat(heard.get(0).text()).contains("school-3");

        clock.move(Duration.ofMinutes(2));
        alarms.look();
        clock.move(Duration.ofMinutes(10));
        alarms.look();

        assertThat(heard)
                .as("what came while the alarm stood comes after the window")
                .hasSize(2);
        assertThat(heard.get(1).counts()).containsExactly(Map.entry("dead-letter-late URGENT", 1L));

        silent = List.of();
        run("update letter set state = 'RESOLVED'");
        alarms.look();

        assertThat(heard.get(2).allClear()).isTrue();
    }

    private Channel hearing() {
        return new Channel() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public void send(Notice notice) {
                heard.add(notice);
            }
        };
    }

    /** One that is taken or not, and keeps its address over a restart. */
    private static Channel channel(String address, AtomicBoolean works, List<String> taken) {
        return new Channel() {
            @Override
            public String name() {
                return "test";
            }

            @Override
            public String address() {
                return address;
            }

            @Override
            public void send(Notice notice) throws IOException {
                if (!works.get()) {
                    throw new IOException("away");
                }
                taken.add(address + (notice.allClear() ? " all-clear" : " " + notice.total()));
            }
        };
    }

    @ParameterizedTest
    @EnumSource
    void whatAChannelHasNotTakenYetIsSentOnceAfterARestart(Databases kind) throws Exception {
        open(kind);
        refer(0, 2, "IMMEDIATE");
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        AtomicBoolean works = new AtomicBoolean();
        List<String> taken = new ArrayList<>();
        Channel first = channel("first", new AtomicBoolean(true), taken);
        Channel second = channel("second", works, taken);
        Alarms alarms = alarms(first, second);
        alarms.look();
        clock.move(Duration.ofSeconds(20));
        alarms.look();
        assertThat(taken).containsExactly("first 2");

        alarms = alarms(first, second);
        alarms.look();
        works.set(true);
        alarms = alarms(first, second);
        alarms.look();
        alarms.look();
        assertThat(taken).containsExactly("first 2", "second 2");

        works.set(false);
        run("update clock set state = 'LATE', ended_at = 1");
        alarms.look();
        works.set(true);
        alarms = alarms(first, second);
        alarms.look();
        alarms = alarms(first, second);
        alarms.look();
        assertThat(taken).containsExactly("first 2", "second 2", "first all-clear", "second all-clear");
    }

    @Test
    void anAlarmGoesOutAlsoWhenItCanNotBeKept() throws Exception {
        open(Databases.SQLITE);
        refer(0, 1, "IMMEDIATE");
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        run("create trigger full before update on lease begin select raise(abort, 'full'); end");
        Alarms alarms = alarms(hearing());
        alarms.look();
        clock.move(Duration.ofSeconds(20));
        alarms.look();

        assertThat(heard).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void aRestartWhileAnAgencyIsSilentSaysNothing(Databases kind) throws Exception {
        open(kind);
        silent = List.of(new Silence.Silent("school-3", clock.instant()));
        Alarms alarms = alarms(hearing());
        alarms.look();
        clock.move(Duration.ofSeconds(20));
        alarms.look();
        assertThat(heard).hasSize(1);

        Instant seenAnew = clock.instant();
        silent = null;
        alarms = alarms(hearing());
        for (int i = 0; i < 10; i++) {
            alarms.look();
            clock.move(Duration.ofSeconds(5));
        }
        silent = List.of(new Silence.Silent("school-3", seenAnew));
        for (int i = 0; i < 10; i++) {
            alarms.look();
            clock.move(Duration.ofSeconds(5));
        }
        assertThat(heard).as("neither an all-clear nor the alarm again").hasSize(1);

        silent = List.of();
        alarms.look();
        assertThat(heard).hasSize(2).last().isEqualTo(Notice.ALL_CLEAR);
    }

    @Test
    void theLastCompletedLookGrowsOldWhenALookFails() throws Exception {
        open(Databases.SQLITE);
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        AtomicBoolean fails = new AtomicBoolean(true);
        Alarms alarms = new Alarms(
                new Troubles(
                        database.readers(),
                        () -> Places.load(new HubHome(Path.of(".")), new Faults()),
                        sender -> false,
                        () -> {
                            if (fails.get()) {
                                throw new IllegalStateException("not now");
                            }
                            return Optional.of(List.of());
                        },
                        clock),
                List.of(),
                SETTINGS,
                new Lease(database, "alarms", "node-1"),
                clock,
                meters);
        Gauge since = meters.get("hub.alarms.since.look").gauge();
        clock.move(Duration.ofSeconds(90));
        assertThatThrownBy(alarms::look).isInstanceOf(IllegalStateException.class);
        assertThat(since.value()).isEqualTo(90);

        fails.set(false);
        alarms.look();
        assertThat(since.value()).isZero();
    }

    @Test
    void aWebhookWhoseAnswerNeverEndsIsLeft() throws Exception {
        HttpServer hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        CountDownLatch over = new CountDownLatch(1);
        hook.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        hook.start();
        try {
            WebhookChannel channel = new WebhookChannel(
                    URI.create("http://127.0.0.1:" + hook.getAddress().getPort() + "/"), Duration.ofMillis(300));
            assertTimeoutPreemptively(
                    Duration.ofSeconds(5), () -> assertThatThrownBy(() -> channel.send(Notice.ALL_CLEAR))
                            .isInstanceOf(IOException.class));
        } finally {
            over.countDown();
            hook.stop(0);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStormNamesTheImmediateOnesFirst(Databases kind) throws Exception {
        open(kind);
        refer(0, 2, "IMMEDIATE");
        refer(2, 12, "ROUTINE");
        run("update clock set state = 'OVERDUE', ladder_end = 1, due_at = due_at + case when referral_id in"
                + " (select id from referral where urgency = 'ROUTINE') then 3600000 else 0 end where kind = 'ACCEPT'");
        Alarms alarms = alarms(hearing());
        alarms.look();
        clock.move(Duration.ofSeconds(20));
        alarms.look();

        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).named())
                .extracting(Trouble::urgency)
                .containsExactly("IMMEDIATE", "IMMEDIATE", "ROUTINE");
    }

    @ParameterizedTest
    @EnumSource
    void aStormIsOneAlarmWithinAMinuteAndOneAllClear(Databases kind) throws Exception {
        open(kind);
        refer(0, 200, "IMMEDIATE");
        refer(200, 210, "ROUTINE");
        Alarms alarms = alarms(hearing());
        alarms.look();
        assertThat(heard).isEmpty();

        run("update clock set state = 'OVERDUE' where kind = 'ACKNOWLEDGE'");
        for (int second = 0; second < 60; second += 5) {
            alarms.look();
            clock.move(Duration.ofSeconds(5));
        }
        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).counts()).containsExactly(Map.entry("overdue-acknowledge IMMEDIATE", 200L));
        assertThat(heard.get(0).named()).hasSize(3);
        // The district of the khoroo, and nothing of the child.
        assertThat(heard.get(0).text()).contains("RF-", "  1110\n", "+ 197").doesNotContain("111095", "Тэмүүлэн");

        // New ones while the alarm stands are told together; a restart in between neither repeats nor forgets.
        run("update clock set state = 'OVERDUE', ladder_end = 1 where kind = 'ACCEPT' and agency = 'police-bzd'");
        alarms = alarms(hearing());
        for (int second = 0; second < 60; second += 5) {
            alarms.look();
            clock.move(Duration.ofSeconds(5));
        }
        assertThat(heard).hasSize(2);
        assertThat(heard.get(1).counts())
                .containsExactly(
                        Map.entry("nobody-left-accept IMMEDIATE", 200L), Map.entry("nobody-left-accept ROUTINE", 10L));

        run("update clock set state = 'LATE', ended_at = 1");
        alarms = alarms(hearing());
        alarms.look();
        alarms.look();
        assertThat(heard).hasSize(3);
        assertThat(heard.get(2)).isEqualTo(Notice.ALL_CLEAR);
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsWokenForAnExercise(Databases kind) throws Exception {
        open(kind);
        refer(0, 4, "IMMEDIATE");
        run("update clock set state = 'OVERDUE', ladder_end = 1");
        run("update referral set sender = 'exercise' where reference in (select reference from referral limit 3)");
        Alarms alarms = alarms(hearing());
        for (int second = 0; second < 60; second += 5) {
            alarms.look();
            clock.move(Duration.ofSeconds(5));
        }

        assertThat(heard).hasSize(1);
        assertThat(heard.get(0).named()).isNotEmpty();
        assertThat(heard.get(0).counts().values())
                .allSatisfy(count -> assertThat(count).isEqualTo(1L));

        run("update referral set sender = 'exercise'");
        alarms.look();
        assertThat(heard).last().isEqualTo(Notice.ALL_CLEAR);
    }

    @ParameterizedTest
    @CsvSource({"ROUTINE, 3", "IMMEDIATE, 7"})
    void whileAnAlarmStandsThereIsOneMoreInAWindowAndForImmediateOnesLessAndLessOften(String urgency, int expected) {
        Gathering gathering = new Gathering(Duration.ofSeconds(20), Duration.ofMinutes(10), 3, null);
        Instant start = clock.instant();
        List<Trouble> open = new ArrayList<>();
        int alarms = 0;
        for (int second = 0; second < 1800; second++) {
            open.add(trouble("t" + second, urgency));
            if (gathering.look(open, start.plusSeconds(second)).isPresent()) {
                alarms++;
            }
        }

        assertThat(alarms).isEqualTo(expected);
        // A clock that was set back does not silence anything for long.
        assertThat(gathering.look(open, start.minusSeconds(3600))).isEmpty();
        assertThat(gathering.look(open, start.minusSeconds(3600 - 20))).isPresent();
    }

    @Test
    void anImmediateOneDoesNotWaitForTheWindowOfAnother() {
        Gathering gathering = new Gathering(Duration.ofSeconds(20), Duration.ofMinutes(10), 3, null);
        Instant start = clock.instant();
        List<Trouble> open = new ArrayList<>(List.of(trouble("routine", "ROUTINE")));
        gathering.look(open, start);
        assertThat(gathering.look(open, start.plusSeconds(20))).isPresent();

        open.add(trouble("immediate", "IMMEDIATE"));
        gathering.look(open, start.plusSeconds(60));
        assertThat(gathering.look(open, start.plusSeconds(79))).isEmpty();
        assertThat(gathering.look(open, start.plusSeconds(80)).orElseThrow().named())
                .hasSize(1);
    }

    @Test
    void whatComesBackWhileAnAlarmStandsIsToldAgain() {
        Gathering gathering = new Gathering(Duration.ofSeconds(20), Duration.ofMinutes(10), 3, null);
        Instant start = clock.instant();
        Trouble letter = trouble("letter", "IMMEDIATE");
        Trouble other = trouble("other", "ROUTINE");
        gathering.look(List.of(letter, other), start);
        assertThat(gathering.look(List.of(letter, other), start.plusSeconds(20)))
                .isPresent();
        // Sent again, and hours later given back.
        assertThat(gathering.look(List.of(other), start.plusSeconds(30))).isEmpty();
        gathering.look(List.of(letter, other), start.plusSeconds(9000));
        assertThat(gathering.look(List.of(letter, other), start.plusSeconds(9020)))
                .isPresent();
    }

    @Test
    void anAlarmStandsWhenAllThatItWasRaisedForHasEndedAndSomethingNewIsHeld() {
        Gathering gathering = new Gathering(Duration.ofSeconds(20), Duration.ofMinutes(10), 3, List.of("old"));
        assertThat(gathering.look(List.of(trouble("new", "ROUTINE")), clock.instant()))
                .isEmpty();
        assertThat(gathering.told()).isEmpty();

        Gathering restarted = new Gathering(Duration.ofSeconds(20), Duration.ofMinutes(10), 3, gathering.told());
        assertThat(restarted.look(List.of(), clock.instant())).contains(Notice.ALL_CLEAR);
        assertThat(restarted.told()).isNull();
    }

    @Test
    void anotherNodeTakesOverWithoutRepeatingTheAlarmOrForgettingTheAllClear() throws Exception {
        open(Databases.POSTGRESQL);
        refer(0, 2, "IMMEDIATE");
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        Alarms first = alarms("node-1", hearing());
        List<Notice> heardByOther = new ArrayList<>();
        Alarms second = alarms("node-2", new Channel() {
            @Override
            public String name() {
                return "other";
            }

            @Override
            public void send(Notice notice) {
                heardByOther.add(notice);
            }
        });
        for (int i = 0; i < 3; i++) {
            first.look();
            second.look();
            clock.move(Duration.ofSeconds(20));
        }
        assertThat(heard).hasSize(1);
        assertThat(heardByOther).isEmpty();

        // The power is gone: nobody releases anything, the time runs out.
        run("update lease set until = 1");
        for (int i = 0; i < 3; i++) {
            second.look();
            first.look();
            clock.move(Duration.ofSeconds(20));
        }
        assertThat(heard).hasSize(1);
        assertThat(heardByOther).isEmpty();

        run("update clock set state = 'LATE', ended_at = 1");
        // An orderly stop hands over at once.
        second.stop();
        first.look();
        second.look();
        assertThat(heard).hasSize(2).last().isEqualTo(Notice.ALL_CLEAR);
        assertThat(heardByOther).isEmpty();
    }

    private static Trouble trouble(String key, String urgency) {
        return new Trouble(key, "overdue-accept", urgency, null, null, Instant.EPOCH);
    }

    @Test
    void oneAddressThatIsNotTakenKeepsNobodyElseFromBeingToldAndNobodyIsToldTwice() throws Exception {
        open(Databases.SQLITE);
        refer(0, 1, "IMMEDIATE");
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        List<String> texted = new ArrayList<>();
        Texting texting = (number, text) -> {
            if (number.equals("0")) {
                throw new IOException("no such number");
            }
            texted.add(number);
        };
        Alarms alarms = alarms(
                new SmsChannel(texting, "0"), new SmsChannel(texting, "99110000"), new SmsChannel(texting, "99110001"));
        alarms.look();
        clock.move(Duration.ofSeconds(20));
        for (int i = 0; i < 3; i++) {
            alarms.look();
        }
        assertThat(texted).containsExactly("99110000", "99110001");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNewIsSeenHoweverMuchHasBeenOpenForLong(Databases kind) throws Exception {
        open(kind);
        refer(0, 4, "IMMEDIATE");
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        run(
                "update clock set due_at = due_at - 3600000 where referral_id not in (select id from referral order by id limit 1)");
        List<Trouble> open = new Troubles(
                        database.readers(),
                        () -> Places.load(new HubHome(Path.of(".")), new Faults()),
                        sender -> false,
                        () -> Optional.of(List.of()),
                        clock)
                .open();
        long newest = Long.parseLong(open.get(0).key().split(":")[3]);
        assertThat(open).hasSize(4).allSatisfy(trouble -> assertThat(
                        Long.parseLong(trouble.key().split(":")[3]))
                .isLessThanOrEqualTo(newest));
        assertThat(Long.parseLong(open.get(3).key().split(":")[3])).isLessThan(newest);
    }

    @Test
    void theChannelsCarryItAndOneThatFailsIsTriedAgain() throws Exception {
        open(Databases.SQLITE);
        refer(0, 2, "IMMEDIATE");
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        List<String> posted = new CopyOnWriteArrayList<>();
        HttpServer hook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext("/", exchange -> {
            posted.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            // Away at first.
            exchange.sendResponseHeaders(posted.size() == 1 ? 503 : 204, -1);
            exchange.close();
        });
        hook.start();
        GreenMail post = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
        post.start();
        try {
            AlarmSettings.Mail mail = new AlarmSettings.Mail(
                    "127.0.0.1",
                    post.getSmtp().getPort(),
                    false,
                    null,
                    null,
                    "hub@example.org",
                    List.of("duty@example.org"));
            Alarms alarms = alarms(
                    new WebhookChannel(
                            URI.create("http://127.0.0.1:" + hook.getAddress().getPort() + "/")),
                    new MailChannel(
                            AlarmConfiguration.sender(mail, new HubHome(folder)),
                            mail.from(),
                            mail.to().get(0)),
                    new SmsChannel(new TextingToFiles(folder.resolve("sms.log"), clock), "99110000"));
            alarms.look();
            clock.move(Duration.ofSeconds(20));
            alarms.look();
            assertThat(posted).hasSize(1);
            alarms.look();
            alarms.look();

            assertThat(posted).hasSize(2);
            assertThat(posted.get(1)).contains("\"status\":\"alarm\"", "\"total\":2", "\"place\":\"1110\"");
            assertThat(post.getReceivedMessages()).hasSize(1);
            assertThat(post.getReceivedMessages()[0].getSubject()).contains("2 overdue-accept IMMEDIATE");
            assertThat(Files.readAllLines(folder.resolve("sms.log")))
                    .singleElement()
                    .asString()
                    .contains("99110000");
        } finally {
            hook.stop(0);
            post.stop();
        }
    }

    @Test
    void theFileThatIsShippedIsSound() {
        Faults faults = new Faults();
        AlarmSettings settings = AlarmSettings.load(new HubHome(Path.of(".")), faults);

        assertThat(faults.all()).isEmpty();
        assertThat(settings.gather()).isEqualTo(Duration.ofSeconds(20));
        assertThat(settings.sms()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "PT20S  | PT2M    | alarms.yaml:1:9: an alarm would come later than a minute",
                "https: | gopher: | alarms.yaml:4:10: ",
                "webhook| pigeon  | alarms.yaml:3:3: ",
            })
    void everyFaultHasItsLineAndARemedy(String good, String bad, String expected) throws IOException {
        Path schema = Path.of("schemas/config/alarms.schema.json");
        Files.createDirectories(folder.resolve("schemas/config"));
        Files.copy(schema, folder.resolve(schema));
        Files.createDirectory(folder.resolve("config"));
        String text = """
                gather: PT20S
                channels:
                  webhook:
                    url: https://example.org/hook
                """;
        Files.writeString(folder.resolve("config/alarms.yaml"), text.replace(good.strip(), bad.strip()));

        Faults faults = new Faults();
        AlarmSettings.load(new HubHome(folder), faults);

        assertThat(faults.all()).singleElement().asString().contains(expected);
    }

    @Test
    void theFileOfTheMailServersPasswordIsReadBeforeTheStart() throws IOException {
        Path schema = Path.of("schemas/config/alarms.schema.json");
        Files.createDirectories(folder.resolve("schemas/config"));
        Files.copy(schema, folder.resolve(schema));
        Files.createDirectory(folder.resolve("config"));
        Files.writeString(folder.resolve("config/alarms.yaml"), """
                channels:
                  mail:
                    host: mail.example.org
                    user: hub
                    secretFile: secrets/mail
                    from: hub@example.org
                    to: [duty@example.org]
                """);
        Faults missing = new Faults();
        AlarmSettings.load(new HubHome(folder), missing);
        assertThat(missing.all()).singleElement().asString().contains("alarms.yaml:5:", "secrets/mail");

        Files.createDirectory(folder.resolve("secrets"));
        Files.writeString(folder.resolve("secrets/mail"), "a password\n");
        Faults none = new Faults();
        AlarmSettings.load(new HubHome(folder), none);
        assertThat(none.all()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasReadToRaiseAlarmsIsShownAndAStormIsNotReadForEveryPage(Databases kind) throws Exception {
        open(kind);
        refer(0, 2, "IMMEDIATE");
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        OpenAlarms open = new OpenAlarms(
                new Troubles(
                        database.readers(),
                        () -> Places.load(new HubHome(Path.of(".")), new Faults()),
                        sender -> false,
                        () -> Optional.of(List.of()),
                        clock),
                new Lease(database, AlarmConfiguration.LEASE, "reader"));
        Alarms alarms = alarms(hearing()).show(open::saw);
        alarms.look();
        clock.move(Duration.ofSeconds(20));
        alarms.look();
        run("update clock set state = 'RUNNING' where kind = 'ACCEPT'");
        assertThat(open.open(10).alarms()).hasSize(2).allMatch(OpenAlarms.Alarm::told);

        List<Trouble> storm = IntStream.range(0, OpenAlarms.STORM)
                .mapToObj(i -> new Trouble("key-" + i, "dead-letter", "IMMEDIATE", null, null, clock.instant()))
                .toList();
        open.saw(storm, Set.of("key-0"));
        clock.move(Duration.ofSeconds(14));
        assertThat(open.open(2).total()).isEqualTo(OpenAlarms.STORM);
        assertThat(open.open(2).alarms()).extracting(OpenAlarms.Alarm::told).containsExactly(true, false);
        clock.move(Duration.ofSeconds(1));
        assertThat(open.open(2).total()).as("read anew").isZero();
    }

    @ParameterizedTest
    @EnumSource
    void whatWasSentIsKeptOnceAndWhatIsOpenSaysWhetherItWasTold(Databases kind) throws Exception {
        open(kind);
        refer(0, 2, "IMMEDIATE");
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        OpenAlarms open = new OpenAlarms(
                new Troubles(
                        database.readers(),
                        () -> Places.load(new HubHome(Path.of(".")), new Faults()),
                        sender -> false,
                        () -> Optional.of(List.of()),
                        clock),
                new Lease(database, AlarmConfiguration.LEASE, "reader"));
        Alarms alarms = alarms();

        alarms.look();
        assertThat(open.open(1).total()).isEqualTo(2);
        run("update clock set state = 'RUNNING' where kind = 'ACCEPT'");
        clock.move(Duration.ofSeconds(2));
        assertThat(open.open(1).total())
                .as("one reading serves all for some seconds")
                .isEqualTo(2);
        clock.move(Duration.ofSeconds(1));
        assertThat(open.open(1).total()).isZero();
        run("update clock set state = 'OVERDUE' where kind = 'ACCEPT'");
        clock.move(Duration.ofSeconds(3));
        assertThat(open.open(1).alarms()).singleElement().satisfies(alarm -> {
            assertThat(alarm.fault()).endsWith("accept");
            assertThat(alarm.told()).isFalse();
        });
        clock.move(Duration.ofSeconds(20));
        alarms.look();
        assertThat(open.open(10).alarms()).hasSize(2).allMatch(OpenAlarms.Alarm::told);

        LedgerEntry entry = new AlarmEntry();
        ledger.add(entry);
        for (int i = 0; i < 2; i++) {
            note("s-1", clock.millis() + "\n0\n2\n2 overdue-accept IMMEDIATE");
            note("s-2", clock.millis() + 1 + "\n1\n0\n");
        }
        AlarmHistory history = new AlarmHistory(
                org.mockito.Mockito.mock(jakarta.jms.ConnectionFactory.class), database.readers(), clock);
        List<AlarmHistory.Sent> sent = history.last(null, 10);
        assertThat(sent).extracting(AlarmHistory.Sent::allClear).containsExactly(true, false);
        assertThat(sent.get(1).counts()).containsExactly("2 overdue-accept IMMEDIATE");
        assertThat(sent.get(0).counts()).isEmpty();
        assertThat(history.last(sent.get(0).place(), 10)).containsExactly(sent.get(1));
    }

    private void note(String stamp, String body) throws SQLException {
        ledger.process(List.of(new LedgerInput(
                "ID:" + stamp, LedgerKind.ALARM, Map.of(Headers.STAMP, stamp), body.getBytes(StandardCharsets.UTF_8))));
    }
}
