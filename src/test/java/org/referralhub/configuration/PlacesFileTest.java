package org.referralhub.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacesFileTest {
    private static final String HEADER = "code,parent,level,name_mn,iso_3166_2,time_zone\n";
    private static final String SOUND = """
            11,,capital,Нийслэл,MN-1,Asia/Ulaanbaatar
            84,,aimag,Баруун,MN-043,Asia/Hovd
            1101,11,district,Дүүрэг,,Asia/Ulaanbaatar
            8401,84,soum,Сум,,Asia/Hovd
            110101,1101,khoroo,1-р хороо,,Asia/Ulaanbaatar
            """;

    @TempDir
    private Path folder;

    @Test
    void ourOwnListIsSound() {
        Faults faults = new Faults();
        Places places = Places.load(new HubHome(Path.of("")), faults);
        assertThat(faults.all()).isEmpty();
        assertThat(places.all()).hasSize(39);
        assertThat(places.upward("650157")).extracting(Place::code).containsExactly("650157", "6501", "65");
        assertThat(places.find("84").orElseThrow().zone()).hasToString("Asia/Hovd");
        assertThat(places.find("65").orElseThrow().iso()).isEqualTo("MN-073");
        assertThat(places.find("99")).isEmpty();
        assertThat(places.upward("99")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "650157,6501,bag,4-р баг, Дэнж,,Asia/Ulaanbaatar  | 7 fields instead of 6     | quotes around a name",
                "8402,84,soum,Сум,Asia/Hovd                       | 5 fields instead of 6     | keep its comma",
                "8401,84,soum,Өөр сум,,Asia/Hovd                  | in line 5 already         | Keep one",
                "8402,85,soum,Сум,,Asia/Hovd                      | parent 85 is not in       | Add it",
                "8402,,soum,Сум,,Asia/Hovd                        | parent is missing         | code of the place",
                "8402,11,soum,Сум,,Asia/Hovd                      | needs a parent of level aimag, but 11 is of level capital | Correct the parent",
                "1201,11,aimag,Аймаг,MN-035,Asia/Hovd             | has no parent             | Leave the field empty",
                "12,,aimag,Аймаг,,Asia/Hovd                       | ISO 3166-2 code is missing | MN-035",
                "12,,aimag,Аймаг,MN-043,Asia/Hovd                 | MN-043 is there twice     | its own",
                "8402,84,soum,Сум,MN-035,Asia/Hovd                | Only the capital          | Leave the field empty",
                "8402,84,soum,Сум,,Asia/Khovd                     | time zone is not known    | Asia/Hovd",
                "8402,84,village,Сум,,Asia/Hovd                   | level is none of capital, aimag, district, soum, khoroo, bag | Use one",
                "84x2,84,soum,Сум,,Asia/Hovd                      | not two to ten digits     | national code",
                "8402,84,soum,,,Asia/Hovd                         | name is missing           | in Mongolian",
            })
    void aBadRowIsToldWithLineAndRemedyAndTheOthersStand(String row, String problem, String remedy) throws Exception {
        Faults faults = new Faults();
        Places places = PlacesFile.read(
                new HubHome(folder), file(HEADER + SOUND + row + "\n8404,84,soum,Сүүлчийн сум,,Asia/Hovd\n"), faults);

        assertThat(faults.all()).singleElement().satisfies(fault -> {
            assertThat(fault.line()).isEqualTo(7);
            assertThat(fault.problem()).contains(problem);
            assertThat(fault.remedy()).contains(remedy);
        });
        assertThat(places.all()).hasSize(6);
    }

    @Test
    void whatLiesInAFaultyPlaceIsToldToo() throws Exception {
        Faults faults = new Faults();
        PlacesFile.read(
                new HubHome(folder),
                file(HEADER
                        + "84,,aimag,Баруун,,Asia/Hovd\n8401,84,soum,Сум,,Asia/Hovd\n840101,8401,bag,Баг,,Asia/Hovd\n"),
                faults);
        assertThat(faults.all()).extracting(ConfigurationFault::line).containsExactly(2, 3, 4);
    }

    @Test
    void namesThatHoldCommasQuotesAndLineEndsAreRead() throws Exception {
        Faults faults = new Faults();
        Places places = PlacesFile.read(
                new HubHome(folder),
                file("\uFEFF" + HEADER + SOUND + "8402,84,soum,\"Сум, \"\"шинэ\"\"\",,Asia/Hovd\r\n\r\n"),
                faults);
        assertThat(faults.all()).isEmpty();
        assertThat(places.find("8402").orElseThrow().name().mn()).isEqualTo("Сум, \"шинэ\"");
    }

    @Test
    void aFileThatIsNoListIsToldOnce() throws Exception {
        assertThat(faults(file("code;parent\n"))).singleElement().satisfies(fault -> assertThat(fault.line())
                .isEqualTo(1));
        assertThat(faults(file(""))).hasSize(1);
        assertThat(faults(folder.resolve("absent.csv"))).hasSize(1);
        Path latin = folder.resolve("latin.csv");
        Files.write(latin, new byte[] {(byte) 0xC3, ','});
        assertThat(faults(latin)).singleElement().satisfies(fault -> assertThat(fault.problem())
                .contains("UTF-8"));
    }

    @Test
    void anImportReplacesTheListOnlyWhenItIsSound() throws Exception {
        HubHome home = new HubHome(folder.resolve("home"));
        Files.createDirectories(home.config());
        Files.writeString(home.config().resolve("places.csv"), HEADER + "11,,capital,Нийслэл,MN-1,Asia/Ulaanbaatar\n");
        Path bad = file(HEADER + SOUND + "650157,6501,bag,4-р баг, Дэнж,,Asia/Ulaanbaatar\n");

        PlacesFile.Imported refused = PlacesFile.importInto(bad, home, false);
        assertThat(refused.written()).isFalse();
        assertThat(refused.places()).isEqualTo(5);
        assertThat(refused.faults()).hasSize(1);
        assertThat(Places.load(home, new Faults()).all()).hasSize(1);

        PlacesFile.Imported imported = PlacesFile.importInto(file(HEADER + SOUND), home, false);
        assertThat(imported).isEqualTo(new PlacesFile.Imported(5, true, List.of()));
        assertThat(Places.load(home, new Faults()).all()).hasSize(5);
        try (Stream<Path> files = Files.list(home.data())) {
            assertThat(files).extracting(path -> path.getFileName().toString()).containsExactly("places.csv");
        }
    }

    @Test
    void anImportThatSkipsNamesEveryFaultyRowAndTakesOverTheOthers() throws Exception {
        HubHome home = new HubHome(folder.resolve("home"));
        Path source = file(HEADER
                + SOUND
                + "8402,84,soum,Сум, шинэ,,Asia/Hovd\n"
                + "840201,8402,bag,Баг,,Asia/Hovd\n"
                + "8403,84,soum,\"Сум, \"\"өөр\"\"\",,Asia/Hovd\n"
                + "8401,84,soum,Давхар сум,,Asia/Hovd\n");

        PlacesFile.Imported imported = PlacesFile.importInto(source, home, true);

        assertThat(imported.written()).isTrue();
        assertThat(imported.places()).isEqualTo(6);
        assertThat(imported.faults()).extracting(ConfigurationFault::line).containsExactlyInAnyOrder(7, 8, 10);
        Faults faults = new Faults();
        Places places = Places.load(home, faults);
        assertThat(faults.all()).isEmpty();
        assertThat(places.all()).extracting(Place::code).containsExactly("11", "84", "1101", "8401", "110101", "8403");
        assertThat(places.find("8403").orElseThrow().name().mn()).isEqualTo("Сум, \"өөр\"");
        assertThat(places.find("8401").orElseThrow().name().mn()).isEqualTo("Сум");
    }

    @Test
    void whatIsNoListToItsEndIsNotTakenOverByAnImportThatSkipsEither() throws Exception {
        HubHome home = new HubHome(folder.resolve("home"));
        for (String content :
                List.of("", "code;parent\n", HEADER, HEADER + SOUND + "8402,84,soum,\"Сум,,Asia/Hovd\n")) {
            PlacesFile.Imported imported = PlacesFile.importInto(file(content), home, true);
            assertThat(imported.written()).as(content).isFalse();
        }
        assertThat(home.data().resolve("places.csv")).doesNotExist();
    }

    private static List<ConfigurationFault> faults(Path file) {
        Faults faults = new Faults();
        assertThat(PlacesFile.read(new HubHome(file.getParent()), file, faults).all())
                .isEmpty();
        return faults.all();
    }

    private Path file(String content) throws IOException {
        Path file = folder.resolve("places.csv");
        Files.write(file, content.getBytes(StandardCharsets.UTF_8));
        return file;
    }
}
