package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.MessageType;
import org.referralhub.message.Queues;
import org.referralhub.recipient.Choice;

/** The books by the hour, and what they say when somebody has been at the tables. */
class BooksTest {
    private static final String POLICE = "police-bzd";
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with(POLICE, AgencyKind.POLICE, "1110")
            .with("social-bzd-23", AgencyKind.SOCIAL_WORKER, "111095")
            .registry();
    private static final Instant FIRST = Instant.parse("2026-11-22T04:00:00Z");
    private static final Instant SECOND = Instant.parse("2026-11-22T05:00:00Z");

    private final MovableClock clock = new MovableClock("2026-11-22T04:10:00Z");
    private LedgerDatabase database;
    private Ledger ledger;
    private int onTheWay;

    /** Two referrals in two hours; the first is delivered within its hour, of the second one delivery late, the rest not. */
    private List<Emission> open(Databases kind) throws Exception {
        database = kind.open();
        ledger = new Ledger(
                database,
                (request, at) -> List.of(
                        new Choice(AGENCIES.find(POLICE).orElseThrow(), "violence"),
                        new Choice(AGENCIES.find("social-bzd-23").orElseThrow(), "violence")),
                Views.WHOLE,
                AGENCIES,
                ResponseTimes.PROPOSED,
                clock);
        Obligations obligations = ledger.obligations();
        ledger.add(new LedgerEntry() {
            @Override
            public java.util.Set<LedgerKind> kinds() {
                return java.util.Set.of(LedgerKind.DEAD);
            }

            @Override
            public void record(LedgerInput input, LedgerTransaction transaction) throws java.sql.SQLException {
                obligations.toDesk(transaction, input.property(Headers.DELIVERY_ID, ""), false, 0);
            }
        });
        Messages.arrive(
                ledger, List.of(Messages.request("helpline-108", "call-1").input()));
        clock.move(Duration.ofHours(1));
        List<Emission> second = ledger.process(
                List.of(Messages.request("helpline-108", "call-2").input()));
        clock.move(Duration.ofHours(3));
        ledger.process(List.of(Messages.delivered(id(second, POLICE))));
        // The same notice once more, as after a crash.
        ledger.process(List.of(Messages.delivered(id(second, POLICE))));
        onTheWay = 2;
        assertThat(books().verify().faults()).isEmpty();
        return second;
    }

    private Books books() {
        return new Books(database.readers(), queue -> queue.equals(Queues.DELIVERY) ? onTheWay : 0);
    }

    private static String id(List<Emission> emissions, String recipient) {
        return emissions.stream()
                .filter(emission -> recipient.equals(emission.properties().get(Headers.RECIPIENT)))
                .findFirst()
                .orElseThrow()
                .properties()
                .get(Headers.DELIVERY_ID);
    }

    @AfterEach
    void close() {
        ledger.close();
        database.close();
    }

    @ParameterizedTest
    @EnumSource
    void whatBecomesOfADeliveryStandsInTheHourThatTookItOn(Databases kind) throws Exception {
        open(kind);

        assertThat(books().hours(POLICE, FIRST, SECOND.plusSeconds(3600)))
                .containsExactly(
                        new Books.Hour(FIRST, 0, 0, new Books.Account(POLICE, 1, 1, 0, 0, 0)),
                        new Books.Hour(SECOND, 0, 0, new Books.Account(POLICE, 1, 1, 0, 0, 0)));
        assertThat(books().hours(null, FIRST, clock.instant()))
                .containsExactly(
                        new Books.Hour(FIRST, 1, 0, new Books.Account("*", 3, 3, 0, 0, 0)),
                        new Books.Hour(SECOND, 1, 0, new Books.Account("*", 3, 1, 2, 0, 0)));
        assertThat(books().hours(null, SECOND, clock.instant())).hasSize(1);
        assertThat(books().books().since()).isEqualTo(FIRST);
    }

    @ParameterizedTest
    @EnumSource
    void whatGoesToTheDeskAndIsCalledOffThereStaysInItsHour(Databases kind) throws Exception {
        open(kind);
        String referral = Messages.request("helpline-108", "call-3").referralId();
        List<Emission> third = ledger.process(
                List.of(Messages.request("helpline-108", "call-3").input()));
        Instant hour = Instant.ofEpochMilli(Accounts.hour(clock.millis()));
        clock.move(Duration.ofHours(2));
        ledger.process(List.of(new LedgerInput(
                "ID:" + UUID.randomUUID(),
                LedgerKind.DEAD,
                Map.of(Headers.DELIVERY_ID, id(third, POLICE)),
                new byte[0])));
        assertThat(books().hours(POLICE, hour, hour.plusSeconds(3600)))
                .containsExactly(new Books.Hour(hour, 0, 0, new Books.Account(POLICE, 1, 0, 0, 1, 0)));

        clock.move(Duration.ofHours(2));
        ledger.process(List.of(Messages.followUp("helpline-108", "call-4", MessageType.RECALL, referral)
                .body("{\"reason\":\"…\"}")
                .input()));
        assertThat(books().hours(POLICE, hour, hour.plusSeconds(3600)))
                .containsExactly(new Books.Hour(hour, 0, 0, new Books.Account(POLICE, 1, 0, 0, 0, 1)));
        assertThat(books().verify().faults()).allMatch(fault -> fault.contains("hub.delivery"));
    }

    @ParameterizedTest
    @EnumSource
    void aDeliveryWhoseStateWasChangedIsNamed(Databases kind) throws Exception {
        String delivery = id(open(kind), "social-bzd-23");
        change("update delivery set state = 'DELIVERED' where id = '" + delivery + "'");

        assertThat(books().verify().faults())
                .containsExactly(
                        "social-bzd-23, hour 2026-11-22T05:00:00Z: its entry says waiting 1, but there are 0;"
                                + " delivered 0, but there are 1",
                        "social-bzd-23, hour 2026-11-22T05:00:00Z: delivery " + delivery
                                + " is DELIVERED, but its time of arrival says otherwise");
        assertThat(books().verify(FIRST, SECOND).faults())
                .as("the hour before is sound")
                .isEmpty();
        assertThat(books().verify(SECOND, SECOND.plusSeconds(3600)).faults()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void aDeliveryThatWasTakenAwayIsMissedInItsHourAndFromItsMessage(Databases kind) throws Exception {
        open(kind);
        String receipt = Receipts.deliveryId(StoredMessage.key("helpline-108", "call-1"), "helpline-108");
        change("delete from delivery where id = '" + receipt + "'");

        assertThat(books().verify().faults())
                .containsExactly(
                        "helpline-108, hour 2026-11-22T04:00:00Z: its entry says owed 1, but there are 0;"
                                + " delivered 1, but there are 0",
                        "helpline-108, hour 2026-11-22T04:00:00Z: its REQUEST "
                                + StoredMessage.key("helpline-108", "call-1")
                                + " was taken, but nobody is owed anything for it, or it has no receipt");
    }

    @ParameterizedTest
    @EnumSource
    void anAccountThatWasChangedIsNamedWithWhatItShouldBe(Databases kind) throws Exception {
        open(kind);
        change("update account set owed = owed - 1, delivered = delivered - 1 where agency = '" + POLICE + "'");

        assertThat(books().verify().faults())
                .containsExactly(POLICE + ": its account says owed 1, but its hours add up to 2;"
                        + " delivered 1, but its hours add up to 2");
    }

    @ParameterizedTest
    @EnumSource
    void anEntryThatWasChangedIsNamedWithItsHour(Databases kind) throws Exception {
        open(kind);
        change("update account_hour set delivered = delivered + 1 where agency = '" + POLICE + "' and hour = "
                + FIRST.toEpochMilli());

        assertThat(books().verify().faults())
                .containsExactly(
                        POLICE + ": its account says delivered 2, but its hours add up to 3",
                        POLICE + ", hour 2026-11-22T04:00:00Z: its entry says delivered 2, but there are 1",
                        POLICE
                                + ", hour 2026-11-22T04:00:00Z: owed 1, but delivered, waiting, desk and withdrawn are 2");
    }

    @ParameterizedTest
    @EnumSource
    void aMessageThatIsMissingIsNamedByWhatCarriedIt(Databases kind) throws Exception {
        open(kind);
        String message = StoredMessage.key("helpline-108", "call-1");
        change("delete from message where id = '" + message + "'");

        assertThat(books().verify().faults())
                .contains("helpline-108, hour 2026-11-22T04:00:00Z: its entry says accepted 1, but there are 0")
                .anyMatch(fault -> fault.startsWith(POLICE + ", hour 2026-11-22T04:00:00Z: delivery ")
                        && fault.endsWith("carries message " + message + ", which is not there any more"))
                .hasSize(3);
    }

    @ParameterizedTest
    @EnumSource
    void contentAndDigestsThatDoNotMatchAreNamed(Databases kind) throws Exception {
        open(kind);
        String first = StoredMessage.key("helpline-108", "call-1");
        String second = StoredMessage.key("helpline-108", "call-2");
        change("update message set original_digest = '" + "0".repeat(64) + "' where id = '" + first + "'");
        change("update message set canonical = (select canonical from message where id = '" + first + "') where id = '"
                + second + "'");

        assertThat(books().verify().faults())
                .containsExactlyInAnyOrder(
                        "helpline-108, hour 2026-11-22T04:00:00Z: its REQUEST " + first
                                + " is not what was taken: original and digest differ",
                        "helpline-108, hour 2026-11-22T05:00:00Z: its REQUEST " + second
                                + " is not what was taken: canonical form and digest differ");
    }

    @ParameterizedTest
    @EnumSource
    void manyFaultsOfOneKindAreCountedAndNotAllNamed(Databases kind) throws Exception {
        open(kind);
        for (int i = 0; i < Verification.NAMED; i++) {
            ledger.process(List.of(Messages.request("helpline-108", "more-" + i).input()));
        }
        change("update message set original_digest = ''");

        List<String> faults = books().verify().faults();
        assertThat(faults.stream().filter(fault -> fault.contains("digest differ")))
                .hasSize(Verification.NAMED);
        assertThat(faults).contains("... and 2 more of these in these hours");
    }

    @ParameterizedTest
    @EnumSource
    void aLedgerFromBeforeHasItsHoursFilledIn(Databases kind) throws Exception {
        open(kind);
        List<Books.Hour> kept = books().hours(null, FIRST, clock.instant());
        String migration = new String(
                LedgerDatabase.class
                        .getResourceAsStream("/db/migration/V5__books_by_the_hour.sql")
                        .readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
        change("delete from account_hour");
        change(migration.substring(
                migration.indexOf("insert into"), migration.indexOf(';', migration.indexOf("group by hour, agency"))));

        assertThat(books().hours(null, FIRST, clock.instant())).isEqualTo(kept);
        assertThat(books().verify().faults()).isEmpty();
    }

    private void change(String sql) throws Exception {
        ledger.close();
        Databases.execute(database, sql);
    }

    /** However much is wrong, an answer names twenty of each kind and counts the rest. */
    @ParameterizedTest
    @EnumSource
    void ofManyEntriesThatAreWrongTwentyAreNamed(Databases kind) throws Exception {
        open(kind);
        for (int i = 0; i < 25; i++) {
            change(
                    "insert into account_hour (agency, hour, accepted, refused, owed, delivered, waiting, desk, withdrawn)"
                            + " values ('stranger-" + i + "', " + FIRST.toEpochMilli() + ", 0, 0, 2, 1, 0, 0, 0)");
        }

        List<String> faults = books().verify().faults();

        assertThat(faults).filteredOn(fault -> fault.contains("its entry says")).hasSize(20);
        assertThat(faults)
                .filteredOn(fault -> fault.contains("delivered, waiting, desk and withdrawn are"))
                .hasSize(20);
        assertThat(faults)
                .filteredOn(fault -> fault.contains("its account says"))
                .hasSize(20);
        assertThat(faults)
                .filteredOn("... and 5 more of these in these hours"::equals)
                .hasSize(3);
    }
}
