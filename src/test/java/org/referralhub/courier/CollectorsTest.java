package org.referralhub.courier;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.CollectorSettings;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.agency.Transport;
import org.referralhub.courier.Collectors.Collected;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Headers;
import org.referralhub.message.Text;

/** Which files are taken, and where they go, in a real folder. */
class CollectorsTest {
    private static final String POLICE = "police";

    @TempDir
    Path folder;

    private final Set<String> paused = new HashSet<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private Collectors collectors;

    @BeforeEach
    void start() {
        collectors = collectors(folder);
    }

    private Collectors collectors(Path path) {
        Agency agency = new Agency(
                POLICE,
                AgencyKind.POLICE,
                new Text(POLICE, POLICE),
                Set.of("*"),
                "police",
                OpeningHours.ALWAYS,
                new Reach(null, new CollectorSettings(new Transport.Folder(path, false), Duration.ofSeconds(1)), null));
        return new Collectors(
                AgencyRegistry.of(List.of(agency), Map.of(), List::of),
                paused::contains,
                path,
                Clock.systemUTC(),
                meters);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }

    private List<String> look() {
        return collectors.look(POLICE).stream().map(Collected::name).toList();
    }

    private byte[] read(String name) throws IOException {
        return collectors.read(new Collected(POLICE, name), new HashMap<>());
    }

    private double count(String result) {
        return meters.get("hub.collector.files").tag("result", result).counter().count();
    }

    @Test
    void a_file_is_taken_when_two_looks_find_it_alike() throws IOException {
        write("a.xml", "<half");
        assertThat(look()).isEmpty();
        write("a.xml", "<half/>");
        assertThat(look()).as("it has grown").isEmpty();
        assertThat(look()).containsExactly("a.xml");
    }

    @Test
    void what_is_named_as_unfinished_is_left() throws IOException {
        for (String name : List.of(".a.xml", "a.xml.tmp", "b.XML.PART", "c.filepart", "d.xml~", "e.writing")) {
            write(name, "<a/>");
        }
        Files.createDirectories(folder.resolve("done"));
        Files.createSymbolicLink(folder.resolve("link.xml"), Path.of("/etc/hostname"));
        look();
        assertThat(look()).isEmpty();
    }

    @Test
    void what_is_sent_comes_from_the_agency_whose_folder_it_lay_in_and_goes_to_done() throws IOException {
        write("a.xml", "<a sender='somebody-else'/>");
        Map<String, Object> headers = new HashMap<>(Map.of(Headers.SENDER, "somebody-else", "X", "y"));
        Collected file = new Collected(POLICE, "a.xml");

        byte[] content = collectors.read(file, headers);
        assertThat(headers).containsEntry(Headers.SENDER, POLICE).doesNotContainKey("X");
        assertThat(folder.resolve("a.xml")).doesNotExist();
        assertThat(folder.resolve("done/a.xml"))
                .as("not before it is in the intake")
                .doesNotExist();
        collectors.done(content, file);
        assertThat(folder.resolve("a.xml")).doesNotExist();
        assertThat(folder.resolve("done/a.xml")).hasContent("<a sender='somebody-else'/>");
        assertThat(collectors.status(POLICE).orElseThrow().lastTaken()).isNotNull();
        assertThat(count("taken")).isEqualTo(1);
    }

    @Test
    void the_same_file_again_is_not_sent_again_and_another_of_its_name_is() throws IOException {
        for (String content : List.of("<a/>", "<b/>")) {
            write("a.xml", content);
            collectors.done(read("a.xml"), new Collected(POLICE, "a.xml"));
        }
        for (String content : List.of("<a/>", "<b/>")) {
            write("a.xml", content);
            assertThat(read("a.xml")).as(content).isNull();
            assertThat(folder.resolve("a.xml")).doesNotExist();
        }
        assertThat(count("again")).isEqualTo(2);
        assertThat(folder.resolve("done/a.xml")).hasContent("<a/>");
    }

    @Test
    void a_file_that_comes_under_the_name_of_one_that_is_being_sent_is_sent_too() throws IOException {
        write("a.xml", "<a/>");
        byte[] first = read("a.xml");
        write("a.xml", "<b/>");
        collectors.done(first, new Collected(POLICE, "a.xml"));

        assertThat(folder.resolve("done/a.xml")).hasContent("<a/>");
        look();
        assertThat(look()).containsExactly("a.xml");
        assertThat(read("a.xml")).asString().isEqualTo("<b/>");
    }

    @Test
    void what_was_being_sent_when_the_hub_died_is_sent_first_and_what_came_after_it_next() throws IOException {
        write("a.xml", "<a/>");
        assertThat(read("a.xml")).asString().isEqualTo("<a/>");
        write("a.xml", "<b/>");

        collectors = collectors(folder);
        assertThat(look()).containsExactly("a.xml");
        assertThat(look()).containsExactly("a.xml", "a.xml");
        for (String content : List.of("<a/>", "<b/>")) {
            byte[] read = read("a.xml");
            assertThat(read).asString().isEqualTo(content);
            collectors.done(read, new Collected(POLICE, "a.xml"));
        }
        assertThat(look()).isEmpty();
    }

    @Test
    void what_can_never_be_taken_is_put_aside_with_a_note() throws IOException {
        write("empty.xml", "");
        Files.write(folder.resolve("large.xml"), new byte[Collectors.LARGEST + 1]);
        assertThat(read("empty.xml")).isNull();
        assertThat(read("large.xml")).isNull();
        assertThat(folder.resolve("failed/empty.xml.why.txt")).content().contains("empty", "хоосон");
        assertThat(folder.resolve("failed/large.xml.why.txt")).content().contains("1 MiB");
        assertThat(folder.resolve("failed/large.xml")).exists();
        assertThat(count("failed")).isEqualTo(2);
    }

    @Test
    void a_file_that_is_gone_is_no_trouble() throws IOException {
        assertThat(read("gone.xml")).isNull();
    }

    @Test
    void while_the_agency_is_paused_nothing_is_taken() throws IOException {
        write("a.xml", "<a/>");
        look();
        paused.add(POLICE);
        assertThat(look()).isEmpty();
        paused.clear();
        assertThat(look()).containsExactly("a.xml");
    }

    @Test
    void a_folder_that_is_not_there_is_noticed_and_not_made() {
        collectors = collectors(folder.resolve("share"));
        assertThat(look()).isEmpty();
        assertThat(collectors.status(POLICE).orElseThrow().lastCause()).isEqualTo("folder-missing");
        assertThat(folder.resolve("share")).doesNotExist();
        assertThat(count("trouble")).isEqualTo(1);
    }
}
