package org.referralhub.edition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.configuration.HubHome;

class ShelfTest {
    @TempDir
    Path folder;

    private HubHome home;

    @BeforeEach
    void write() throws Exception {
        home = new HubHome(folder.resolve("home"), folder.resolve("data"));
        for (String part : new String[] {"config", "routes", "schemas/police"}) {
            Files.createDirectories(home.root().resolve(part));
        }
        write("config/recipients.yaml", "one");
        write("routes/intake.camel.yaml", "two");
        write("schemas/police/dialect.yaml", "three");
    }

    private void write(String file, String content) throws Exception {
        Files.writeString(home.root().resolve(file), content, StandardCharsets.UTF_8);
    }

    private static String read(HubHome copy, String file) throws Exception {
        return Files.readString(copy.root().resolve(file), StandardCharsets.UTF_8);
    }

    @Test
    void the_same_files_are_the_same_version_and_others_are_not() throws Exception {
        Shelf shelf = new Shelf(home);
        String first = shelf.copy();
        assertThat(first).matches("[0-9a-f]{12}");
        assertThat(shelf.copy()).isEqualTo(first);
        assertThat(new Shelf(new HubHome(home.root(), folder.resolve("other"))).copy())
                .isEqualTo(first);

        write("config/recipients.yaml", "One");
        String second = shelf.copy();
        assertThat(second).isNotEqualTo(first);
        write("config/recipients.yaml", "one");
        assertThat(shelf.copy()).isEqualTo(first);

        // What moves from one file to the next is another version too.
        write("config/recipients.yaml", "onetwo");
        write("routes/intake.camel.yaml", "");
        assertThat(shelf.copy()).isNotIn(first, second);
    }

    @Test
    void a_copy_stays_what_it_was_when_the_files_change() throws Exception {
        Shelf shelf = new Shelf(home);
        String first = shelf.copy();
        shelf.run(first, null);
        write("config/recipients.yaml", "changed");
        assertThat(read(shelf.home(first), "config/recipients.yaml")).isEqualTo("one");
        assertThat(shelf.home(first).shown(shelf.home(first).config().resolve("recipients.yaml")))
                .isEqualTo("config/recipients.yaml");
        assertThat(shelf.home(first).base()).isEqualTo(home.root());
    }

    @Test
    void what_editors_and_version_control_leave_behind_is_not_part_of_it() throws Exception {
        Shelf shelf = new Shelf(home);
        String first = shelf.copy();
        write("config/.recipients.yaml.swp", "half");
        write("config/recipients.yaml~", "old");
        write("config/#recipients.yaml#", "newer");
        assertThat(shelf.copy()).isEqualTo(first);
    }

    @Test
    void an_imported_list_of_places_is_part_of_it() throws Exception {
        Shelf shelf = new Shelf(home);
        String first = shelf.copy();
        Files.writeString(home.importedPlaces(), "code");
        String second = shelf.copy();
        assertThat(second).isNotEqualTo(first);
        assertThat(Files.readString(shelf.home(second).importedPlaces())).isEqualTo("code");
    }

    @Test
    void what_ran_and_what_was_declined_is_known_after_a_start() throws Exception {
        Shelf shelf = new Shelf(home);
        String first = shelf.copy();
        shelf.run(first, null);
        write("config/recipients.yaml", "faulty");
        String faulty = shelf.copy();
        shelf.decline(faulty);
        assertThat(Files.exists(shelf.home(faulty).root())).isFalse();

        Shelf again = new Shelf(home);
        assertThat(again.running()).contains(first);
        assertThat(again.isDeclined(faulty)).isTrue();
        assertThat(again.accepted()).containsExactly(first);
        assertThat(read(again.home(first), "config/recipients.yaml")).isEqualTo("one");
    }

    @Test
    void only_so_many_versions_are_kept_and_the_one_that_runs_always() throws Exception {
        Shelf shelf = new Shelf(home);
        String version = "";
        for (int i = 0; i < Shelf.KEPT + 5; i++) {
            write("config/recipients.yaml", "version " + i);
            version = shelf.copy();
            shelf.run(version, null);
        }
        assertThat(shelf.accepted()).hasSize(Shelf.KEPT + 1).endsWith(version);
        try (var kept = Files.list(home.data().resolve("editions"))) {
            assertThat(kept).hasSize(Shelf.KEPT + 2);
        }
        assertThat(read(shelf.home(version), "config/recipients.yaml")).isEqualTo("version " + (Shelf.KEPT + 4));
    }

    @Test
    void a_mark_changes_with_the_files_and_a_damaged_memory_begins_anew() throws Exception {
        Shelf shelf = new Shelf(home);
        shelf.run(shelf.copy(), null);
        String mark = shelf.mark();
        assertThat(mark).isEqualTo(shelf.copied());
        write("schemas/police/dialect.yaml", "longer than before");
        assertThat(shelf.mark()).isNotEqualTo(mark);

        Files.writeString(home.data().resolve("editions/state.json"), "{not json");
        assertThat(new Shelf(home).running()).isEmpty();
    }

    @Test
    void what_was_left_is_passed_over_by_whoever_goes_back_also_after_a_start_and_after_a_newer_version()
            throws Exception {
        Shelf shelf = new Shelf(home);
        String[] versions = new String[4];
        for (int i = 0; i < 3; i++) {
            write("config/recipients.yaml", "version " + i);
            versions[i] = shelf.copy();
            shelf.run(versions[i], null);
        }
        assertThat(shelf.before()).contains(versions[1]);
        shelf.runAgain(versions[1], versions[2]);
        assertThat(new Shelf(home).before()).contains(versions[0]);

        write("config/recipients.yaml", "mended");
        versions[3] = shelf.copy();
        shelf.run(versions[3], null);
        assertThat(shelf.before()).contains(versions[1]);

        // Named it is taken, and what was before it stays good.
        shelf.runAgain(versions[2], versions[3]);
        assertThat(shelf.before()).contains(versions[1]);
        shelf.runAgain(versions[0], versions[3]);
        shelf.runAgain(versions[1], versions[3]);
        assertThat(shelf.before()).contains(versions[0]);
    }
}
