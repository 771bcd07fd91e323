package org.referralhub.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.Setup;
import org.referralhub.agency.Agency;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.AgencyKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the entry of a new office. */
@Command(
        name = "agency",
        description = {
            "Write config/agencies/ID.yaml, and a secret for the office that nobody else on this machine can "
                    + "read.",
            "Asks for what no option says."
        },
        footer = {
            "",
            "Example:",
            "  ./hub new agency social-work-111095 --kind SOCIAL_WORKER --serves 111095 --dialect canonical \\",
            "    --name-mn 'Баянзүрх 23-р хорооны нийгмийн ажилтан' --name-en 'Social worker of Bayanzurkh khoroo 23'"
        })
final class NewAgencyCommand extends NewThing {
    private static final String SHIFT =
            "(mon|tue|wed|thu|fri|sat|sun)[a-z,-]* ([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]";

    @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "Its name on the hub and its user name.")
    private @Nullable String id;

    @Option(names = "--kind", paramLabel = "KIND", description = "What it is: ${COMPLETION-CANDIDATES}.")
    private @Nullable AgencyKind kind;

    @Option(names = "--name-mn", paramLabel = "NAME", description = "What people call it, in Mongolian.")
    private @Nullable String nameMn;

    @Option(names = "--name-en", paramLabel = "NAME", description = "What people call it, in English.")
    private @Nullable String nameEn;

    @Option(
            names = "--serves",
            paramLabel = "CODES",
            description = "Codes of the places it serves (config/places.csv), with commas; * for the whole country.")
    private @Nullable String serves;

    @Option(names = "--dialect", paramLabel = "NAME", description = "The format it speaks: a folder of schemas/.")
    private @Nullable String dialect;

    @Option(
            names = "--hours",
            paramLabel = "HOURS",
            description = "When somebody is there: always, or 'mon-fri 08:30-17:30', more than one with semicolons.")
    private @Nullable String hours;

    @Option(names = "--phone", paramLabel = "NUMBER", description = "The office's telephone, for when time runs out.")
    private @Nullable String phone;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "Where its secret is or will be (default: secrets/ID, made if it is not there).")
    private @Nullable String secretFile;

    @Option(names = "--secret-env", paramLabel = "NAME", description = "Environment variable that holds its secret.")
    private @Nullable String secretVariable;

    NewAgencyCommand() {
        this(NewOptions.terminal());
    }

    /** @param terminal shows a prompt and reads a line; null when nobody is there */
    NewAgencyCommand(@Nullable Function<String, @Nullable String> terminal) {
        super(terminal);
    }

    @Override
    List<String> plan(HubHome home, Questions questions, NewFiles files) {
        Setup setup = Setup.load(home, demo(), new Faults());
        String ownId = questions.ask(id, "ID", "Id of the office, for example social-work-111095", null, value -> {
            String objection = AGENCY_ID.objection(value);
            return objection == null && setup.agencies().find(value).isPresent()
                    ? "There is an agency " + value + " already."
                    : objection;
        });
        String ownKind = questions.ask(
                kind == null ? null : kind.name(),
                "--kind",
                "What it is (" + kinds() + ")",
                null,
                value -> Arrays.stream(AgencyKind.values())
                                .anyMatch(one -> one.name().equals(value))
                        ? null
                        : "One of " + kinds() + ".");
        String mn = questions.ask(nameMn, "--name-mn", "Its name in Mongolian", null, TITLE);
        String en = questions.ask(nameEn, "--name-en", "Its name in English", null, TITLE);
        String places = questions.ask(
                serves, "--serves", "Codes of the places it serves, with commas; * for all", null, value -> list(
                                value, ",")
                        .filter(code -> !code.equals(Agency.EVERYWHERE)
                                && setup.places().find(code).isEmpty())
                        .findFirst()
                        .map(code -> "There is no place " + code + ". Use a code of places.csv.")
                        .orElse(null));
        String formats = String.join(", ", setup.dialects().names());
        String ownDialect = questions.ask(
                dialect,
                "--dialect",
                "The format it speaks (" + formats + ")",
                "canonical",
                value -> setup.dialects().find(value).isPresent()
                        ? null
                        : "There is no dialect " + value + ". Use one of " + formats
                                + ", or make one: ./hub new dialect NAME.");
        String open = questions.ask(
                hours,
                "--hours",
                "When somebody is there: always, or hours; more than one with semicolons",
                "mon-fri 08:30-17:30",
                value -> value.equals("always") || list(value, ";").allMatch(shift -> shift.matches(SHIFT))
                        ? null
                        : "Write always, or for example: mon-fri 08:30-17:30; sat 10:00-14:00");
        String call = questions.ask(
                phone,
                "--phone",
                "The office's telephone, or nothing",
                "",
                value -> value.isEmpty() || value.matches("[0-9+ ]{3,20}") ? null : "Digits, + and spaces: 7011 1108");
        String secret = secretFile == null ? "secrets/" + ownId : secretFile;

        files.add(
                "config/agencies/" + ownId + ".yaml",
                entry(setup, ownId, ownKind, mn, en, places, ownDialect, open, call, secret));
        if (secretVariable == null) {
            files.addSecret(secret, NewFiles.freshKey());
        }
        return next(home, ownId, ownDialect, secret);
    }

    private String entry(
            Setup setup,
            String ownId,
            String ownKind,
            String mn,
            String en,
            String places,
            String ownDialect,
            String open,
            String call,
            String secret) {
        boolean always = open.equals("always");
        StringBuilder yaml = new StringBuilder();
        yaml.append("# yaml-language-server: $schema=../../schemas/config/agencies.schema.json\n");
        yaml.append(
                "# One office. config/agencies/README.md tells what each line means; ./hub check, whether all is well.\n");
        yaml.append("agencies:\n");
        yaml.append("  - id: ").append(ownId).append('\n');
        yaml.append(
                "    # Decides what it may see (config/disclosure.csv) and which referrals it gets (config/recipients.yaml).\n");
        yaml.append("    kind: ").append(ownKind).append('\n');
        yaml.append("    name: { mn: %s, en: %s }\n".formatted(quoted(mn), quoted(en)));
        yaml.append("    # ").append(named(setup, places)).append(". A nearer office of the same kind goes first.\n");
        yaml.append("    serves: [")
                .append(list(places, ",").map(NewThing::quoted).collect(Collectors.joining(", ")))
                .append("]\n");
        yaml.append("    # The format, both ways: schemas/").append(ownDialect).append("/.\n");
        yaml.append("    dialect: ").append(ownDialect).append('\n');
        yaml.append(
                "    # Deadlines run while somebody is there, but for what is urgent (config/response-times.yaml).\n");
        yaml.append("    hours: ")
                .append(
                        always
                                ? "always"
                                : list(open, ";").map(NewThing::quoted).collect(Collectors.joining(", ", "[", "]")))
                .append('\n');
        if (!always) {
            yaml.append("    holidays: [public] # days off in config/calendar.yaml\n");
        }
        yaml.append("    # Without a courier it fetches from its inbox: ./hub new courier.\n");
        yaml.append(
                call.isEmpty()
                        ? "    # reach: { phone: \"7011 1108\" }\n"
                        : "    reach: { phone: %s }\n".formatted(quoted(call)));
        yaml.append("    # Where its secret is; never the secret itself.\n");
        yaml.append(
                secretVariable == null
                        ? "    secret: { file: %s }\n".formatted(quoted(secret))
                        : "    secret: { env: %s }\n".formatted(secretVariable));
        return yaml.toString();
    }

    private static String named(Setup setup, String places) {
        return list(places, ",")
                .map(code -> setup.places()
                        .find(code)
                        .map(place -> code + " is " + place.name().mn())
                        .orElse("the whole country"))
                .collect(Collectors.joining(", "));
    }

    private List<String> next(HubHome home, String ownId, String ownDialect, String secret) {
        String as = secretVariable == null
                ? " --as " + ownId + " --secret-file " + secret
                : " --as " + ownId + "   # with its secret in HUB_SECRET";
        return List.of(
                secretVariable == null
                        ? "Give the office the secret in " + secret
                                + ", by a way that nobody else reads. It is its password;" + " its user name is "
                                + ownId + "."
                        : "Set " + secretVariable + " where the hub starts, and give the office its secret.",
                takeOver(),
                "See that it gets in, without sending anything:\n./hub send " + sample(home, ownDialect)
                        + " --check-only" + as,
                "Send a first message of its own the same way without --check-only, and read what comes back:\n"
                        + "./hub inbox --wait" + as,
                "If it does not want to fetch and send by itself: ./hub new courier " + ownId + ", ./hub new collector "
                        + ownId);
    }

    private static String sample(HubHome home, String dialect) {
        Path folder = home.schemas().resolve(dialect).resolve("samples").resolve("accepted");
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> !file.toString().matches(".*\\.(canonical|findings)\\.json"))
                    .sorted()
                    .map(home::shown)
                    .filter(file -> file.matches(".*(smallest|referral|request).*"))
                    .findFirst()
                    .orElse("FILE");
        } catch (IOException e) {
            return "FILE";
        }
    }

    private static Stream<String> list(String value, String by) {
        return Arrays.stream(value.split(by, -1)).map(String::strip);
    }

    private static String kinds() {
        return Arrays.stream(AgencyKind.values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
