package org.referralhub.edition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.cli.HubCommand;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.HubHome;
import org.referralhub.edition.ChangeReport.Cause;
import org.referralhub.edition.ChangeReport.How;
import org.referralhub.edition.ChangeReport.Outcome;
import org.referralhub.ledger.LedgerUnavailableException;
import org.referralhub.testing.LiveHome;
import org.springframework.util.FileSystemUtils;

/** What can go wrong on the way from one edition to the next; the hub around it is a stand-in that fails when it is told to. */
class LiveChangeTest {
    private static final String RULES = "config/recipients.yaml";
    private static final Cause ASKED = new Cause(How.RELOAD, "oyun", null);
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private LiveHome files;
    private HubHome home;
    private Shelf shelf;
    private Editions editions;
    private final List<String> told = new ArrayList<>();
    private final List<ChangeReport> reports = new ArrayList<>();
    private Supplier<Replay> replay = () -> new Replay((dialect, most) -> List.of(), 0);

    @BeforeEach
    void makeAHome() throws Exception {
        files = LiveHome.in(Files.createDirectories(folder.resolve("home")));
        home = new HubHome(files.folder(), folder.resolve("data"));
    }

    /** Notes what it is told, and fails in one place. */
    private final class Stub implements Follower {
        private final String name;
        private final String failing;

        Stub(String name, String failing) {
            this.name = name;
            this.failing = failing;
        }

        @Override
        public void prepare(Edition now, Edition next) throws Exception {
            say("prepare", now, next);
        }

        @Override
        public void follow(Edition before, Edition now) throws Exception {
            say("follow", before, now);
        }

        private void say(String what, Edition from, Edition to) throws IOException {
            told.add(name + " " + what + " " + from.version() + ">" + to.version());
            // Going back it does as it is told.
            if (what.equals(failing) && !to.version().equals(first)) {
                throw new IOException("it would not");
            }
        }
    }

    private String first = "";

    private LiveChange change(Follower... followers) {
        return change(true, followers);
    }

    private LiveChange change(boolean demo, Follower... followers) {
        shelf = new Shelf(home);
        FirstEdition begin = FirstEdition.open(home, shelf, demo, true);
        first = begin.edition().version();
        editions = new Editions(begin.edition());
        LiveChange change =
                new LiveChange(home, demo, shelf, editions, begin, List.of(followers), () -> replay.get(), CLOCK);
        change.tell(reports::add);
        return change;
    }

    private void good() {
        files.replace(RULES, "id: violence\n", "id: violence-by-night\n");
    }

    @Test
    void everything_follows_one_after_the_other() {
        LiveChange change = change(new Stub("one", ""), new Stub("two", ""));
        good();
        ChangeReport report = change.reload(ASKED);
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.ACCEPTED);
        String step = " " + first + ">" + report.version();
        assertThat(told)
                .containsExactly("one prepare" + step, "two prepare" + step, "one follow" + step, "two follow" + step);
        assertThat(editions.current().version()).isEqualTo(report.version());
        assertThat(shelf.running()).contains(report.version());
        assertThat(reports).containsExactly(report);
        assertThat(change.status().since()).isEqualTo(CLOCK.instant());
    }

    @Test
    void what_cannot_be_prepared_does_not_take_over() {
        LiveChange change = change(new Stub("one", ""), new Stub("two", "prepare"));
        good();
        ChangeReport report = change.reload(ASKED);
        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(told).noneMatch(one -> one.contains("follow"));
        assertThat(editions.current().version()).isEqualTo(first);
        assertThat(shelf.running()).contains(first);
        assertThat(change.status().refused()).isEqualTo(report);
    }

    @Test
    void a_schema_that_leads_to_itself_is_a_fault_and_not_the_end_of_the_hub() throws Exception {
        LiveChange change = change();
        files.replace(
                "schemas/canonical/common.schema.json",
                "\"messageId\": {",
                "\"messageId\": {\"$ref\": \"#/$defs/messageId\",");

        assertThat(change.reload(Cause.FILES).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(editions.current().version()).isEqualTo(first);

        String good = first;
        // Another such version while the hub is down, so that the start itself comes upon it.
        files.replace(
                "schemas/canonical/common.schema.json",
                "{\"$ref\": \"#/$defs/messageId\",",
                "{\"$ref\":\"#/$defs/messageId\",");
        assertThat(change().status().refused()).isNotNull();
        assertThat(editions.current().version()).isEqualTo(good);
    }

    @Test
    void who_cannot_follow_brings_the_old_one_back_for_all() {
        LiveChange change = change(new Stub("one", ""), new Stub("two", "follow"), new Stub("three", ""));
        good();
        ChangeReport report = change.reload(ASKED);
        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.faults().get(0).problem())
                .contains("could not take over")
                .doesNotContain("it would not");
        assertThat(editions.current().version()).isEqualTo(first);
        String there = " " + first + ">" + report.version();
        String back = " " + report.version() + ">" + first;
        assertThat(told.subList(3, told.size()))
                .containsExactly("one follow" + there, "two follow" + there, "two follow" + back, "one follow" + back);
    }

    @Test
    void a_ledger_that_does_not_answer_holds_a_change_up_but_not_going_back() {
        LiveChange change = change();
        good();
        String second = change.reload(ASKED).version();
        replay = () -> new Replay(
                (dialect, most) -> {
                    throw new LedgerUnavailableException(new java.sql.SQLException("away"));
                },
                5);
        files.replace(RULES, "id: violence-by-night\n", "id: violence-by-day\n");
        ChangeReport refused = change.reload(ASKED);
        assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(refused.faults().get(0).problem()).contains("the ledger does not answer");
        assertThat(editions.current().version()).isEqualTo(second);

        ChangeReport back = change.back(null, new Cause(How.BACK, "oyun", null));
        assertThat(back.outcome()).as(back.toString()).isEqualTo(Outcome.ACCEPTED);
        assertThat(editions.current().version()).isEqualTo(first);
    }

    @Test
    void files_that_are_gone_or_cannot_be_copied_are_a_refusal_and_told_once() throws Exception {
        LiveChange change = change();
        Path routes = files.folder().resolve("routes");
        Files.move(routes, files.folder().resolve("routes-elsewhere"));
        ChangeReport refused = change.reload(Cause.FILES);
        assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(refused.faults().get(0).problem()).contains("the folder is not there");
        assertThat(change.reload(Cause.FILES).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(reports).as("the same again says nothing new").hasSize(1);
        Files.move(files.folder().resolve("routes-elsewhere"), routes);
        assertThat(change.reload(Cause.FILES).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(change.status().refused()).isNull();

        // The copy's place is taken by something that can't be deleted as a file can.
        Path shelved = home.data().resolve("editions");
        Files.move(shelved, home.data().resolve("editions-elsewhere"));
        Files.writeString(shelved, "a file");
        ChangeReport full = change.reload(ASKED);
        assertThat(full.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(full.faults().get(0).problem()).contains("can't be copied");
        assertThat(editions.current().version()).isEqualTo(first);
    }

    @Test
    void a_refused_version_is_not_tried_again_by_itself() {
        LiveChange change = change();
        files.replace(RULES, "choose:", "chose:");
        assertThat(change.reload(Cause.FILES).outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(change.reload(Cause.FILES).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(change.reload(ASKED).outcome()).isEqualTo(Outcome.REFUSED);
    }

    @Test
    void there_is_no_way_back_where_nothing_ran_before() {
        LiveChange change = change();
        Cause back = new Cause(How.BACK, "oyun", null);
        assertThatThrownBy(() -> change.back(null, back)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> change.back("../../etc", back)).isInstanceOf(IllegalArgumentException.class);
        assertThat(change.back(first, back).outcome()).isEqualTo(Outcome.UNCHANGED);
    }

    @Test
    void what_only_a_start_reads_is_said() {
        LiveChange change = change();
        files.append("config/broker.xml", "<!-- changed -->\n");
        assertThat(change.reload(ASKED).atNextStart()).containsExactly("config/broker.xml");
    }

    @Test
    void the_first_offices_of_a_hub_are_taken_one_by_one_though_they_cannot_serve_everybody_and_a_start_keeps_them() {
        LiveChange change = change(false);
        assertThat(editions.current().setup().agencies().all()).isEmpty();
        for (String kind : List.of("POLICE", "SHELTER")) {
            HubCommand.run(
                    "new",
                    "agency",
                    kind.toLowerCase(Locale.ROOT),
                    "--kind",
                    kind,
                    "--serves",
                    "1110",
                    "--name-mn",
                    "Алба",
                    "--name-en",
                    "Office",
                    "--yes",
                    "--home",
                    files.folder().toString());
            ChangeReport report = change.reload(Cause.FILES);
            assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.ACCEPTED);
        }
        HubCommand.run(
                "new",
                "agency",
                "ngo",
                "--kind",
                "NGO",
                "--serves",
                "1110",
                "--name-mn",
                "Алба",
                "--name-en",
                "Office",
                "--yes",
                "--home",
                files.folder().toString());

        FirstEdition start = FirstEdition.open(home, new Shelf(home), false, true);
        assertThat(start.faults()).isEmpty();
        assertThat(start.edition().setup().agencies().all()).hasSize(3);
    }

    @Test
    void who_goes_back_twice_comes_to_an_older_version_and_not_to_the_bad_one() {
        LiveChange change = change();
        Cause back = new Cause(How.BACK, "oyun", null);
        good();
        String second = change.reload(ASKED).version();
        files.replace(RULES, "id: violence-by-night\n", "id: violence-by-day\n");
        String bad = change.reload(ASKED).version();
        assertThat(change.back(null, back).version()).isEqualTo(second);
        assertThat(change.back(null, back).version()).isEqualTo(first);
        assertThatThrownBy(() -> change.back(null, back)).isInstanceOf(IllegalArgumentException.class);
        assertThat(change.back(bad, back).outcome()).as("whoever names it").isEqualTo(Outcome.ACCEPTED);
    }

    @Test
    void a_setting_that_nobody_reads_stops_the_first_start() {
        files.append("config/application.yaml", "\nhub.not-a-setting: 1\n");

        assertThatThrownBy(() -> FirstEdition.open(home, new Shelf(home), true, true))
                .isInstanceOfSatisfying(
                        ConfigurationException.class,
                        e -> assertThat(e.faults()).singleElement().satisfies(fault -> assertThat(fault.toString())
                                .contains("config/application.yaml")
                                .contains("hub.not-a-setting")));
    }

    /** A hub that was upgraded, and knows a setting less than before. */
    @Test
    void the_same_files_start_again_though_a_setting_is_gone_by_now() throws Exception {
        files.append("config/application.yaml", "\nhub.not-a-setting: 1\n");
        shelf = new Shelf(home);
        String version = shelf.copy();
        shelf.run(version, null);

        FirstEdition start = FirstEdition.open(home, new Shelf(home), true, true);

        assertThat(start.edition().version()).isEqualTo(version);
        assertThat(start.faults()).isEmpty();
        assertThatThrownBy(() -> FirstEdition.open(home, new Shelf(home), true, false))
                .as("who wants every start to refuse faulty files")
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void what_a_check_refuses_does_not_start_because_what_ran_last_is_gone() throws Exception {
        change();
        files.append("config/application.yaml", "\nhub.not-a-setting: 1\n");
        FileSystemUtils.deleteRecursively(shelf.home(first).root());

        assertThatThrownBy(() -> FirstEdition.open(home, new Shelf(home), true, true))
                .isInstanceOfSatisfying(ConfigurationException.class, e -> assertThat(e.faults())
                        .singleElement()
                        .satisfies(fault -> assertThat(fault.toString()).contains("hub.not-a-setting")));
    }

    /** The hub has run before, so it goes on with what it ran. */
    @Test
    void a_file_that_cannot_be_read_is_a_fault_at_the_next_start() throws Exception {
        change();
        Path matrix = files.folder().resolve("config/disclosure.csv");
        Files.delete(matrix);
        Files.createDirectories(matrix);
        Files.createFile(matrix.resolve("disclosure.csv"));

        FirstEdition start = FirstEdition.open(home, new Shelf(home), true, true);

        assertThat(start.edition().version()).isEqualTo(first);
        assertThat(start.faults())
                .anySatisfy(fault -> assertThat(fault.toString()).contains("config/disclosure.csv: cannot be read"));
    }
}
