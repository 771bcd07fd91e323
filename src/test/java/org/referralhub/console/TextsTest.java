package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.OperatorRole;
import org.referralhub.alarm.OpenAlarms;
import org.referralhub.counts.Dimension;
import org.referralhub.edition.ChangeReport;
import org.referralhub.ledger.Lifecycle;
import org.referralhub.ledger.ReferralTimeline;
import org.referralhub.message.MessageType;
import org.referralhub.message.Urgency;
import org.springframework.context.support.StaticMessageSource;

/** What the console says, in both languages. */
class TextsTest {
    private static final Path FOLDER = Path.of("src/main/resources/org/referralhub/console");
    private static final Pattern PLACE = Pattern.compile("\\{\\d+}");
    private static final Pattern KEY = Pattern.compile("#\\{([a-z][A-Za-z.-]*)[}(]|'([a-z]+(?:\\.[a-z-]+)+)'");

    @Test
    void every_key_is_there_in_both_languages_with_the_same_placeholders() throws IOException {
        Properties mongolian = read("messages_mn.properties");
        Properties english = read("messages_en.properties");
        assertThat(mongolian.stringPropertyNames()).isEqualTo(english.stringPropertyNames());
        for (String key : english.stringPropertyNames()) {
            assertThat(places(mongolian.getProperty(key))).as(key).isEqualTo(places(english.getProperty(key)));
            assertThat(mongolian.getProperty(key)).as(key).isNotBlank();
        }
    }

    /** A key twice would hide one of its texts. */
    @Test
    void no_key_stands_twice_and_every_apostrophe_is_written_twice() throws IOException {
        for (String name : List.of("messages_mn.properties", "messages_en.properties")) {
            List<String> keys = new ArrayList<>();
            for (String line : Files.readAllLines(FOLDER.resolve(name))) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    keys.add(line.substring(0, line.indexOf('=')));
                    assertThat(line.replace("''", "")).as(name).doesNotContain("'");
                }
            }
            assertThat(keys).as(name).doesNotHaveDuplicates();
        }
    }

    @Test
    void every_text_that_a_page_names_is_there() throws IOException {
        TreeSet<String> known = new TreeSet<>(read("messages_en.properties").stringPropertyNames());
        List<String> missing = new ArrayList<>();
        try (Stream<Path> pages = Files.list(FOLDER.resolve("pages"))) {
            for (Path page : (Iterable<Path>) pages::iterator) {
                Matcher key = KEY.matcher(Files.readString(page).replaceAll("(?s)<!--.*?-->", ""));
                while (key.find()) {
                    String name = key.group(1) == null ? key.group(2) : key.group(1);
                    if (!known.contains(name)) {
                        missing.add(page.getFileName() + ": " + name);
                    }
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void every_code_that_a_page_may_show_has_a_text() throws IOException {
        List<String> keys = new ArrayList<>();
        Stream.of(Section.values()).forEach(section -> keys.add(section.title()));
        Stream.of(Urgency.values()).forEach(urgency -> keys.add("urgency." + urgency));
        Stream.of(Overview.Health.values()).forEach(health -> keys.add("health." + health));
        Stream.of(OpeningHours.Presence.values()).forEach(presence -> keys.add("presence." + presence));
        Stream.of(OperatorRole.values()).forEach(role -> keys.add("role." + role));
        Stream.of(ReferralTimeline.Kind.values()).forEach(kind -> keys.add("timeline." + kind));
        Stream.of(MessageType.values()).forEach(type -> keys.add("referral.type." + type));
        Stream.of(AgencyPages.Shown.values()).forEach(shown -> keys.add("agencies.show." + shown));
        Stream.of(Dimension.values()).forEach(dimension -> keys.add("statistics.by." + dimension.code()));
        Stream.of(ChangeReport.How.values()).forEach(how -> keys.add("routes.how." + how));
        OpenAlarms.FAULTS.forEach(fault -> keys.add("fault.code." + fault));
        OUTCOMES.forEach(outcome -> keys.add("outcome." + outcome));
        Stream.of(Lifecycle.State.values())
                .forEach(state -> keys.add(
                        "state." + state.name().toLowerCase(Locale.ROOT).replace('_', '-')));
        assertThat(read("messages_en.properties").stringPropertyNames()).containsAll(keys);
    }

    /** Why an order can be refused. */
    private static final List<String> OUTCOMES = List.of(
            "changed",
            "not-allowed",
            "unknown",
            "no-sender",
            "same-person",
            "sender-was-faster",
            "removed",
            "no-reason",
            "too-many",
            "no-letters",
            "unknown-agency");

    /** Whatever the hub gives as a code between quotes where something fails, so that a new one can't be forgotten. */
    @Test
    void every_cause_that_a_courier_a_rehearsal_or_a_run_gives_has_a_text() throws IOException {
        Pattern given = Pattern.compile(
                "(?:UndeliveredException\\.(?:again|refused)\\(|Attempt\\.nothing\\(|Attempt\\.of\\(Outcome\\.\\w+, |refuse\\(order, "
                        + "|Outcome\\.NOTHING, |return |[?:] )\"([a-z]+(?:-[a-z]+)*-?)\"");
        Properties english = read("messages_en.properties");
        List<String> missing = new ArrayList<>();
        for (String file : List.of(
                "courier/Courier",
                "courier/Couriers",
                "courier/DropCarrier",
                "courier/HttpsCarrier",
                "courier/MailCarrier",
                "courier/SftpFolder",
                "deadletter/Rehearser",
                "deadletter/Foreseen",
                "deadletter/RunReplay")) {
            String source = Files.readString(Path.of("src/main/java/org/referralhub/" + file + ".java"));
            Matcher code = given.matcher(source);
            while (code.find()) {
                String name = code.group(1).replaceAll("-$", "");
                // What a courier answers about itself is its state, and no cause.
                if (!name.equals("stopped")
                        && !english.containsKey("cause." + name)
                        && !english.containsKey("outcome." + name)) {
                    missing.add(file + ": " + name);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void what_a_courier_was_answered_stands_in_its_text() throws IOException {
        Properties english = read("messages_en.properties");
        Frame frame = new Frame(
                "en",
                "light",
                null,
                List.of(),
                null,
                "/",
                "1",
                0,
                new Times(new StaticMessageSource(), Locale.ENGLISH, Instant.EPOCH),
                english::getProperty);
        assertThat(frame.cause("answer-503")).contains("503").doesNotContain("answer-");
        assertThat(frame.cause("unexpected-SomeException")).doesNotContain("SomeException");
        assertThat(frame.cause("no-sender")).isEqualTo(frame.outcome("no-sender"));
        assertThat(frame.cause("of-tomorrow")).isEqualTo("of-tomorrow");
    }

    private static List<String> places(String text) {
        return PLACE.matcher(text)
                .results()
                .map(result -> result.group())
                .distinct()
                .sorted()
                .toList();
    }

    private static Properties read(String name) throws IOException {
        Properties texts = new Properties();
        try (Reader file = Files.newBufferedReader(FOLDER.resolve(name), StandardCharsets.UTF_8)) {
            texts.load(file);
        }
        return texts;
    }
}
