package org.referralhub.recipient;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.message.AgencyKind;

class RecipientRulesTest {
    private static final Instant NOON = Instant.parse("2026-11-22T04:00:00Z");
    private static final AgencyRegistry AGENCIES = new TestAgencies()
            .with("helpline-108", AgencyKind.HELPLINE_108, "*")
            .with("police-ub", AgencyKind.POLICE, "11")
            .with("social-bzd-23", AgencyKind.SOCIAL_WORKER, "111095")
            .with("team-bzd", AgencyKind.JOINT_TEAM, "1110")
            .with("hospital-ub", AgencyKind.HEALTH, "11")
            .with("inspector", AgencyKind.CHILD_RIGHTS_INSPECTOR, "*")
            .registry();

    private static final String KHOROO =
            "\"child\":{\"address\":{\"state\":\"11\",\"district\":\"1110\",\"subdistrict\":\"111095\"}}";

    @Test
    void violenceGoesToThePoliceAndTheSocialWorkerOfThePlace() throws Exception {
        assertThat(ids(choose("helpline-108", "\"concerns\":[\"PHYSICAL_VIOLENCE\"],\"urgency\":\"URGENT\"," + KHOROO)))
                .containsExactly("police-ub", "social-bzd-23");
    }

    @Test
    void sexualViolenceGoesToADoctorToo() throws Exception {
        assertThat(choose("helpline-108", "\"concerns\":[\"SEXUAL_VIOLENCE\"],\"urgency\":\"URGENT\"," + KHOROO))
                .extracting(choice -> choice.agency().id(), Choice::rule)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("police-ub", "violence"),
                        org.assertj.core.groups.Tuple.tuple("social-bzd-23", "violence"),
                        org.assertj.core.groups.Tuple.tuple(
                                "hospital-ub", "medical-examination-after-sexual-violence"));
    }

    @Test
    void aCallOfWhichNothingIsKnownStillReachesSomebody() throws Exception {
        assertThat(ids(choose("helpline-108", "\"concerns\":[\"UNKNOWN\"],\"urgency\":\"ROUTINE\"")))
                .isNotEmpty()
                .doesNotContain("helpline-108");
    }

    @Test
    void theSenderIsNeverARecipient() throws Exception {
        assertThat(ids(choose("police-ub", "\"concerns\":[\"PHYSICAL_VIOLENCE\"],\"urgency\":\"URGENT\"," + KHOROO)))
                .containsExactly("social-bzd-23");
    }

    @Test
    void whomTheConsentWithholdsItFromIsNotChosen() throws Exception {
        // A blank, one that does not break, Cyrillic letters that look like Latin ones, a hyphen that is another
        // character.
        for (String police : List.of("Police ", "POLICE\u00a0", "\u0420\u041eLICE", "\u200bpolice")) {
            for (String social : List.of("social_bzd\u201123", "Social BZD-23 (MN)")) {
                String withheld = ",\"consent\":{\"withholdFrom\":[\"" + social + "\",\"" + police + "\"]}";
                assertThat(ids(choose(
                                "helpline-108",
                                "\"concerns\":[\"PHYSICAL_VIOLENCE\"],\"urgency\":\"URGENT\"," + KHOROO + withheld)))
                        .as(police)
                        .containsExactly("team-bzd");
            }
        }
    }

    @Test
    void anAgencyThatTheSenderNamesIsAdded() throws Exception {
        JsonNode request = new ObjectMapper()
                .readTree("{\"sender\":\"helpline-108\",\"recipient\":\"inspector\",\"body\":{\"urgency\":\"URGENT\","
                        + "\"concerns\":[\"PEER_BULLYING\"]," + KHOROO + "}}");
        assertThat(rules().choose(request, NOON))
                .extracting(choice -> choice.agency().id() + " " + choice.rule())
                .containsExactly("inspector named-by-sender", "social-bzd-23 bullying");
    }

    @Test
    void timeOfDayAgeAndPlaceDecide() throws Exception {
        JsonNode tree = yaml("""
                zone: Asia/Hovd
                rules:
                  - {id: night, when: {time: {from: "22:00", to: "02:00"}}, choose: [POLICE]}
                  - {id: small, when: {age: {from: 0, to: 6}}, choose: [HEALTH]}
                  - {id: khoroo, when: {places: ["111095"]}, choose: [JOINT_TEAM]}
                otherwise: {id: otherwise, choose: [CHILD_RIGHTS_INSPECTOR]}
                """);
        RecipientRules rules = RecipientRules.of(tree, AGENCIES);
        JsonNode small = request(
                "helpline-108", "\"concerns\":[],\"child\":{\"birthDate\":\"2021\",\"address\":{\"state\":\"11\"}}");

        // 23:30 in Hovd is 16:30 UTC.
        assertThat(ids(rules.choose(small, Instant.parse("2026-11-22T16:30:00Z"))))
                .containsExactly("police-ub", "hospital-ub");
        assertThat(ids(rules.choose(small, NOON))).containsExactly("hospital-ub");
        assertThat(ids(rules.choose(request("helpline-108", "\"concerns\":[]," + KHOROO), NOON)))
                .containsExactly("team-bzd");
        assertThat(ids(rules.choose(request("helpline-108", "\"concerns\":[]"), NOON)))
                .containsExactly("inspector");
    }

    @Test
    void everyConcernFindsSomebodyEverywhere() throws Exception {
        for (JsonNode concern : new ObjectMapper()
                .readTree(Path.of("schemas/config/recipients.schema.json").toFile())
                .at("/$defs/rule/properties/when/properties/concerns/items/enum")) {
            assertThat(choose("helpline-108", "\"concerns\":[\"" + concern.asText() + "\"],\"urgency\":\"ROUTINE\""))
                    .as(concern.asText())
                    .isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "rules: [{id: a, when: {urgency: [URGENT]}, choose: [MILITIA]}] | 1:53: rules/0/choose/0: The value is not on the list. Allowed: HELPLINE_108",
                "rules:\\n- id: a\\n  when: {concerns: [BAD_WEATHER]}\\n  choose: [POLICE] | 3:21: rules/0/when/concerns/0: The value is not on the list.",
                "rules:\\n- id: a\\n  when: {age: {from: 9, to: 3}}\\n  choose: [POLICE] | 3:10: this rule can never apply: its youngest age is above its oldest. Make from at most as high as to",
                "rules:\\n- id: a\\n  when:\\n    age: {from: 18}\\n  choose: [POLICE] | 4:17: this rule can never apply: nobody of this age is a child. Begin at 17 or below",
                "rules:\\n- id: a\\n  when: {places: [nowhere]}\\n  choose: [POLICE] | 3:19: no such place, so this rule can never apply there. Use a code from the list of places, or import the national list first",
                "rules:\\n- {id: a, when: {urgency: [URGENT]}, choose: [POLICE]}\\n- {id: a, when: {urgency: [URGENT]}, choose: [POLICE]} | 3:8: another rule has this id already. Give each rule an id of its own: it is recorded with every choice",
                "rules: []\\nzone: Asia/Atlantis | 2:7: no such time zone. Write the zone as Asia/Ulaanbaatar or Asia/Hovd",
            })
    void everyFaultHasItsLineAndARemedy(String rules, String expected, @TempDir Path folder) throws Exception {
        Faults faults = new Faults();
        RecipientRules.load(
                home(folder, rules.replace("\\n", "\n") + "\notherwise: {id: otherwise, choose: [POLICE]}\n"),
                AGENCIES,
                Places.load(new HubHome(Path.of(".")), new Faults()),
                faults);
        assertThat(faults.all()).isNotEmpty().allMatch(fault -> !fault.remedy().isBlank());
        assertThat(faults.all().get(0).toString()).contains("recipients.yaml:" + expected);
    }

    @Test
    void aFileWithoutOtherwiseIsAFaultAndStillNobodyIsForgotten(@TempDir Path folder) throws Exception {
        Faults faults = new Faults();
        RecipientRules rules = RecipientRules.load(
                home(folder, "rules: []\n"), AGENCIES, Places.load(new HubHome(Path.of(".")), new Faults()), faults);
        assertThat(faults.all()).hasSize(1);
        assertThat(faults.all().get(0).toString())
                .contains("recipients.yaml:1:1: otherwise: The field is required and is missing");
        assertThat(rules.choose(request("helpline-108", "\"concerns\":[\"UNKNOWN\"]"), NOON))
                .isNotEmpty();
    }

    @Test
    void theFileThatIsShippedHasNoFault() {
        HubHome home = new HubHome(Path.of("."));
        Faults faults = new Faults();
        RecipientRules rules = RecipientRules.load(home, AGENCIES, Places.load(home, faults), faults);
        assertThat(faults.all()).isEmpty();
        assertThat(rules).isNotNull();
    }

    private static HubHome home(Path folder, String rules) throws IOException {
        Path schema = Path.of("schemas/config/recipients.schema.json");
        Files.createDirectories(folder.resolve("schemas/config"));
        Files.copy(schema, folder.resolve(schema));
        Files.createDirectory(folder.resolve("config"));
        Files.writeString(folder.resolve("config/recipients.yaml"), rules);
        return new HubHome(folder);
    }

    private static List<Choice> choose(String sender, String body) throws Exception {
        return rules().choose(request(sender, body), NOON);
    }

    private static JsonNode request(String sender, String body) throws Exception {
        return new ObjectMapper().readTree("{\"sender\":\"" + sender + "\",\"body\":{" + body + "}}");
    }

    private static RecipientRules rules() throws Exception {
        return RecipientRules.of(
                new ObjectMapper(new YAMLFactory())
                        .readTree(Path.of("config/recipients.yaml").toFile()),
                AGENCIES);
    }

    private static JsonNode yaml(String text) throws Exception {
        return new ObjectMapper(new YAMLFactory()).readTree(text);
    }

    private static List<String> ids(List<Choice> choices) {
        return choices.stream().map(choice -> choice.agency().id()).toList();
    }
}
