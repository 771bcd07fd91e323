package org.referralhub.agency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.message.AgencyKind;

class AgencyRegistryTest {
    private static final Set<String> DIALECTS =
            Set.of("canonical", "helpline", "police", "health", "health-xml", "one-stop", "school", "social-work");
    private static final String SOUND = """
            agencies:
              - id: police-national
                kind: POLICE
                name: { mn: Цагдаа, en: Police }
                serves: ["*"]
                dialect: police
                secret: { file: secrets/police }
            """;

    @TempDir
    Path root;

    private HubHome home;

    @BeforeEach
    void a_hub_with_the_projects_own_schemas_and_places() throws IOException {
        home = new HubHome(root);
        Files.createDirectories(home.config().resolve("agencies"));
        Files.createDirectories(home.schemas().resolve("config"));
        Files.createDirectories(root.resolve("secrets"));
        for (String schema : List.of("agencies", "operators", "calendar")) {
            Files.copy(
                    Path.of("schemas/config", schema + ".schema.json"),
                    home.schemas().resolve("config").resolve(schema + ".schema.json"));
        }
        Files.copy(Path.of("config/places.csv"), home.config().resolve("places.csv"));
        Files.writeString(root.resolve("secrets/police"), "0123456789abcdef\n");
    }

    @Test
    void the_demo_agencies_are_sound_and_serve_the_pilot() {
        Faults faults = new Faults();
        HubHome project = new HubHome(Path.of(""));
        AgencyRegistry registry = AgencyRegistry.load(project, true, Places.load(project, faults), DIALECTS, faults);
        assertThat(faults.all()).isEmpty();
        assertThat(registry.all()).hasSizeGreaterThan(12);
        assertThat(registry.offices(AgencyKind.SOCIAL_WORKER, "111095"))
                .extracting(Agency::id)
                .containsExactly("social-work-111095");
        assertThat(registry.offices(AgencyKind.SOCIAL_WORKER, "650157"))
                .as("the bag's soum")
                .extracting(Agency::id)
                .containsExactly("social-work-6501");
        assertThat(registry.offices(AgencyKind.JOINT_TEAM, "111653"))
                .as("the khoroo's district")
                .extracting(Agency::id)
                .containsExactly("joint-team-1116");
        assertThat(registry.offices(AgencyKind.POLICE, "111095"))
                .as("the district's capital")
                .extracting(Agency::id)
                .containsExactly("police-capital");
        assertThat(registry.offices(AgencyKind.POLICE, null))
                .extracting(Agency::id)
                .containsExactly("police-national");
        assertThat(registry.offices(AgencyKind.SOCIAL_WORKER, "999999"))
                .extracting(Agency::id)
                .containsExactly("social-work-duty");
        assertThat(registry.offices(AgencyKind.COMMUNITY_INSPECTOR, "11")).isEmpty();
        assertThat(registry.authenticate("helpline-108", "demo-helpline-108".toCharArray()))
                .isTrue();
        assertThat(Operators.load(project, true, registry, faults)
                        .authenticate("operator", "demo-operator".toCharArray()))
                .isTrue();
        assertThat(faults.all()).isEmpty();
    }

    @Test
    void outside_the_demo_there_are_no_users_to_begin_with() {
        Faults faults = new Faults();
        HubHome project = new HubHome(Path.of(""));
        AgencyRegistry registry = AgencyRegistry.load(project, false, Places.load(project, faults), DIALECTS, faults);
        assertThat(registry.all()).isEmpty();
        assertThat(Operators.load(project, false, registry, faults).all()).isEmpty();
        assertThat(faults.all()).isEmpty();
    }

    @Test
    void a_secret_opens_its_own_agency_only_and_is_never_printed() throws IOException {
        write("a.yaml", SOUND);
        Faults faults = new Faults();
        AgencyRegistry registry = load(faults);
        assertThat(faults.all()).isEmpty();
        assertThat(registry.authenticate("police-national", "0123456789abcdef".toCharArray()))
                .isTrue();
        assertThat(registry.authenticate("police-national", "0123456789abcdeF".toCharArray()))
                .isFalse();
        assertThat(registry.authenticate("police-national", new char[0])).isFalse();
        assertThat(registry.authenticate("police-national", null)).isFalse();
        assertThat(registry.authenticate("nobody", "0123456789abcdef".toCharArray()))
                .isFalse();
        assertThat(registry.authenticate(null, null)).isFalse();
        assertThat(registry + "" + registry.all()).doesNotContain("0123456789abcdef");
    }

    @ParameterizedTest(name = "{0} for {1}: {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "kind: POLICE       | kind: FIREMEN                    | 3 | POLICE",
                "kind: POLICE       | colour: blue                     | 3 | colour",
                "id: police-national| id: hub                          | 2 | reserved",
                "id: police-national| id: Police!                      | 2 | id",
                "id: police-national| id: p                            | 2 | id",
                "serves: [\"*\"]    | serves: []                       | 5 | serves",
                "serves: [\"*\"]    | serves: [\"998877\"]             | 5 | no place 998877",
                "serves: [\"*\"]    | serves: [\"*\", \"11\"]          | 5 | whole country",
                "dialect: police    | dialect: klingon                 | 6 | no dialect klingon",
                "dialect: police    | hours: [mon-fry 08:30-17:30]     | 6 | hours",
                "dialect: police    | hours: [mon-fri 08:30-25:00]     | 6 | hours",
                "dialect: police    | holidays: [public]               | 6 | config/calendar.yaml has no holidays public",
                "dialect: police    | duty: [nights]                   | 6 | config/calendar.yaml has no duty nights",
                "dialect: police    | duty: nights                     | 6 | Expected: list",
                "file: secrets/police | file: secrets/none             | 7 | does not exist",
                "file: secrets/police | file: secrets/empty            | 7 | empty",
                "file: secrets/police | file: secrets/short            | 7 | shorter than 16",
                "file: secrets/police | file: secrets                  | 7 | can't be read",
                "file: secrets/police | env: NOT_SET_ANYWHERE          | 7 | NOT_SET_ANYWHERE is not set",
                "file: secrets/police | plain: 0123456789abcdefgh      | 7 | stands in the file",
                "secret: { file: secrets/police } | hours: always      | 2 | no secret",
            })
    void every_fault_has_its_line_and_a_remedy(String sound, String wrong, int line, String says) throws IOException {
        Files.writeString(root.resolve("secrets/empty"), "\n");
        Files.writeString(root.resolve("secrets/short"), "tiny\n");
        assertThat(SOUND).contains(sound);
        write("a.yaml", SOUND.replace(sound, wrong));
        Faults faults = new Faults();
        assertThat(load(faults).all()).as("an agency with a fault is left out").isEmpty();
        assertThat(faults.all()).isNotEmpty().allSatisfy(fault -> {
            assertThat(fault.file()).isEqualTo("config/agencies/a.yaml");
            assertThat(fault.remedy()).isNotBlank();
            assertThat(fault.toString()).doesNotContain("0123456789abcdef", "tiny");
        });
        assertThat(faults.all()).anySatisfy(fault -> {
            assertThat(fault.line()).isEqualTo(line);
            assertThat(fault.problem() + " " + fault.remedy()).contains(says);
        });
    }

    @Test
    void an_office_keeps_the_holidays_and_the_duty_rosters_that_it_names() throws IOException {
        Files.writeString(home.config().resolve("calendar.yaml"), """
                holidays:
                  public: [11-26, 07-11..07-15]
                  school: [2026-11-02..2026-11-08]
                duty:
                  nights: [fri-sun 20:00-02:00, 2026-11-26 10:00-12:00]
                """);
        write("a.yaml", SOUND.replace("dialect: police", """
                dialect: police
                    hours: [mon-fri 08:30-17:30]
                    holidays: [public, school]
                    duty: [nights]"""));
        Faults faults = new Faults();
        OpeningHours hours = load(faults).find("police-national").orElseThrow().hours();

        assertThat(faults.all()).isEmpty();
        // Tuesday of the school's holidays, a Thursday that is a public one, its duty, a Friday night.
        assertThat(hours.isOpen(Instant.parse("2026-11-03T04:00:00Z"))).isFalse();
        assertThat(hours.isOpen(Instant.parse("2026-11-26T04:00:00Z"))).isFalse();
        assertThat(hours.isOpen(Instant.parse("2026-11-26T02:00:00Z"))).isTrue();
        assertThat(hours.isOpen(Instant.parse("2026-11-27T14:00:00Z"))).isTrue();
        assertThat(hours.isOpen(Instant.parse("2026-11-25T04:00:00Z"))).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "11-31                  | 2 | not a day or days in order",
                "2027-02-09..2072-02-11 | 2 | the days from 2027-02-09 to 2072-02-11 are too many",
                "07-15..07-11           | 2 | not a day or days in order",
                "2027-02-30             | 2 | not a day or days in order",
                "2027-02-09..02-11      | 2 | not a day or days in order",
                "Naadam                 | 2 | ",
                "01-01..06-30           | 2 | 182 days off in every year",
            })
    void a_fault_in_the_calendar_has_its_line_and_a_remedy(String day, int line, String says) throws IOException {
        Files.writeString(home.config().resolve("calendar.yaml"), "holidays:\n  public: [" + day + "]\n");
        expect(line, says);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "mon-fry 08:30-17:30   | not a shift",
                "2026-13-01 20:00-08:00 | not a shift",
                "mon 25:00-26:00       | ",
                "nights                | ",
            })
    void a_fault_in_a_roster_has_its_line_and_a_remedy(String shift, String says) throws IOException {
        Files.writeString(home.config().resolve("calendar.yaml"), "duty:\n  nights:\n    - " + shift + "\n");
        expect(3, says);
    }

    private void expect(int line, String says) {
        Faults faults = new Faults();
        load(faults);
        assertThat(faults.all()).isNotEmpty().allSatisfy(fault -> {
            assertThat(fault.file()).isEqualTo("config/calendar.yaml");
            assertThat(fault.line()).isEqualTo(line);
            assertThat(fault.remedy()).isNotBlank();
            assertThat(fault.problem()).contains(says == null ? "" : says);
        });
    }

    @Test
    void all_faults_of_all_files_are_named_at_once() throws IOException {
        write("a.yaml", SOUND.replace("dialect: police", "dialect: klingon"));
        write("b/more.yaml", SOUND);
        write("c.yaml", SOUND.replace("police-national", "other").replace("\"*\"", "\"998877\""));
        Faults faults = new Faults();
        load(faults);
        assertThat(faults.all())
                .extracting(ConfigurationFault::file, ConfigurationFault::line)
                .contains(
                        tuple("config/agencies/a.yaml", 6),
                        tuple("config/agencies/b/more.yaml", 2),
                        tuple("config/agencies/c.yaml", 5));
        assertThat(faults.all())
                .anySatisfy(fault -> assertThat(fault.problem()).contains("already taken at config/agencies/a.yaml:2"));
    }

    @Test
    void five_thousand_offices_are_all_found_where_they_are() throws IOException {
        StringBuilder file = new StringBuilder("""
                defaults:
                  kind: SOCIAL_WORKER
                  dialect: canonical
                  hours: [mon-fri 08:30-17:30]
                  secret: { folder: secrets }
                agencies:
                """);
        for (int i = 0; i < 5000; i++) {
            file.append("  - id: office-%d%n    name: { mn: Алба %d, en: Office %d }%n    serves: [\"1110\"]%n"
                    .formatted(i, i, i));
            Files.writeString(root.resolve("secrets/office-" + i), "0123456789abcdef" + i);
        }
        write("many.yaml", file.toString());
        Faults faults = new Faults();
        long start = System.nanoTime();
        AgencyRegistry registry = load(faults);
        // For people to look at. Not asserted: whoever builds may share the machine.
        System.out.println("5,000 offices read, checked and indexed in "
                + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms");
        assertThat(faults.all()).isEmpty();
        assertThat(registry.all()).hasSize(5000);
        assertThat(registry.offices(AgencyKind.SOCIAL_WORKER, "111095")).hasSize(5000);
    }

    @Test
    void an_operator_may_not_be_called_like_an_agency_or_like_another() throws IOException {
        write("a.yaml", SOUND);
        Files.writeString(home.config().resolve("operators.yaml"), """
                operators:
                  - id: police-national
                    roles: [OPERATOR]
                    secret: { file: secrets/police }
                  - id: hub
                    roles: [OPERATOR]
                    secret: { file: secrets/police }
                  - id: night-desk
                    roles: [OPERATOR]
                    secret: { file: secrets/police }
                  - id: night-desk
                    roles: [OPERATOR]
                    secret: { file: secrets/police }
                """);
        Faults faults = new Faults();
        Operators operators = Operators.load(home, false, load(faults), faults);
        assertThat(faults.all())
                .extracting(ConfigurationFault::file, ConfigurationFault::line, ConfigurationFault::problem)
                .containsExactly(
                        tuple("config/operators.yaml", 2, "the id police-national is an agency's"),
                        tuple("config/operators.yaml", 5, "the id hub is reserved"),
                        tuple(
                                "config/operators.yaml",
                                11,
                                "the id night-desk is already taken at config/operators.yaml:8"));
        assertThat(operators.all()).extracting(Operator::id).containsExactly("night-desk");
    }

    @ParameterizedTest(name = "{0} at {1}: {2}")
    @CsvSource({
        "mon-fri 08:30-17:30,2026-11-23T00:30:00Z,true",
        "mon-fri 08:30-17:30,2026-11-23T00:29:59Z,false",
        "mon-fri 08:30-17:30,2026-11-23T09:30:00Z,false",
        "mon-fri 08:30-17:30,2026-11-22T04:00:00Z,false",
        "fri 22:00-02:00,2026-11-27T14:00:00Z,true",
        "fri 22:00-02:00,2026-11-27T17:59:00Z,true",
        "fri 22:00-02:00,2026-11-27T18:00:00Z,false",
        "fri 22:00-02:00,2026-11-26T17:00:00Z,false",
        "'sat-mon,wed 00:00-00:00',2026-11-22T16:00:00Z,true",
        "'sat-mon,wed 00:00-00:00',2026-11-23T16:00:00Z,false",
    })
    void an_office_is_open_by_the_clock_of_its_place(String hours, Instant at, boolean open) {
        OpeningHours.Shift shift = HoursText.parse(hours);
        assertThat(new OpeningHours(List.of(shift), OpeningHours.ALWAYS.zone()).isOpen(at))
                .isEqualTo(open);
    }

    private AgencyRegistry load(Faults faults) {
        return AgencyRegistry.load(home, false, Places.load(home, faults), DIALECTS, faults);
    }

    private void write(String name, String content) throws IOException {
        Path file = home.config().resolve("agencies").resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    /** Each list is sound by itself; an office that keeps all of them would hardly ever open. */
    @Test
    void holidaysThatAreTooManyTogetherAreAFaultOfTheOfficeThatNamesThem() throws IOException {
        Files.writeString(home.config().resolve("calendar.yaml"), """
                holidays:
                  spring: [02-01..05-01]
                  summer: [2027-06-01..2027-08-31]
                """);
        write("a.yaml", SOUND.replace("dialect: police", """
                dialect: police
                    hours: [mon-fri 08:30-17:30]
                    holidays: [spring, summer]"""));
        Faults faults = new Faults();
        load(faults);

        assertThat(faults.all()).singleElement().satisfies(fault -> {
            assertThat(fault.file()).endsWith("a.yaml");
            assertThat(fault.problem()).isEqualTo("together 182 days off in 2027");
            assertThat(fault.remedy()).contains("check the years");
        });
    }
}
