package org.referralhub.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.Callable;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the entry of a new office. */
@Command(
        name = "agency",
        mixinStandardHelpOptions = true,
        description = {
            "Write config/agencies/ID.yaml, and a secret for the office that nobody else on this machine can read.",
            "Asks for what no option says."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:written, checked and sound", "1:it would have a fault; nothing was written", "2:wrong usage"
        },
        footer = {
            "",
            "Example:",
            "  ./hub new agency social-work-111095 --kind SOCIAL_WORKER --serves 111095 --dialect canonical \\",
            "    --name-mn 'Баянзүрх 23-р хорооны нийгмийн ажилтан' --name-en 'Social worker of Bayanzurkh khoroo 23'"
        })
final class NewAgencyCommand implements Callable<Integer> {
    private static final String SHIFT =
            "(mon|tue|wed|thu|fri|sat|sun)[a-z,-]* ([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]";

    private final @Nullable Function<String, @Nullable String> terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private NewOptions options = new NewOptions();

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
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        HubHome home = options.home();
        Setup setup = Setup.load(home, options.demo(), new Faults());
        Questions questions = options.questions(spec.commandLine(), terminal);
        String ownId = questions.ask(id, "ID", "Id of the office, for example social-work-111095", null, value -> {
            if (!value.matches("[a-z0-9-]{2,64}")) {
                return "An id is 2 to 64 of a-z, 0-9 and hyphen.";
            }
            return setup.agencies().find(value).isPresent() ? "There is an agency " + value + " already." : null;
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
        Questions.Rule name = value -> value.isBlank() || value.length() > 200 ? "A name has 1 to 200 letters." : null;
        String mn = questions.ask(nameMn, "--name-mn", "Its name in Mongolian", null, name);
        String en = questions.ask(nameEn, "--name-en", "Its name in English", null, name);
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

        NewFiles files = new NewFiles(home, spec.commandLine());
        files.add(
                "config/agencies/" + ownId + ".yaml",
                entry(setup, ownId, ownKind, mn, en, places, ownDialect, open, call, secret));
        if (secretVariable == null) {
            files.addSecret(secret, freshSecret());
        }
        if (!files.write(options.demo())) {
            return ExitCodes.REFUSED;
        }
        next(home, ownId, ownDialect, secret);
        return ExitCodes.OK;
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
                .append(list(places, ",").map(NewAgencyCommand::quoted).collect(Collectors.joining(", ")))
                .append("]\n");
        yaml.append("    # The format, both ways: schemas/").append(ownDialect).append("/.\n");
        yaml.append("    dialect: ").append(ownDialect).append('\n');
        yaml.append(
                "    # Deadlines run while somebody is there, but for what is urgent (config/response-times.yaml).\n");
        yaml.append("    hours: ")
                .append(
                        always
                                ? "always"
                                : list(open, ";")
                                        .map(NewAgencyCommand::quoted)
                                        .collect(Collectors.joining(", ", "[", "]")))
                .append('\n');
        if (!always) {
            yaml.append("    holidays: [public] # days off in config/calendar.yaml\n");
        }
        yaml.append("    # Without a courier it fetches from its inbox.\n");
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

    private void next(HubHome home, String ownId, String ownDialect, String secret) {
        PrintWriter out = spec.commandLine().getOut();
        String as = secretVariable == null
                ? " --as " + ownId + " --secret-file " + secret
                : " --as " + ownId + "   # with its secret in HUB_SECRET";
        out.println();
        out.println("What next:");
        out.println(
                secretVariable == null
                        ? "  1. Give the office the secret in " + secret
                                + ", by a way that nobody else reads. It is its password;" + " its user name is "
                                + ownId + "."
                        : "  1. Set " + secretVariable + " where the hub starts, and give the office its secret.");
        out.println(
                "  2. Start the hub again, so that it knows the office: ./hub run" + (options.demo() ? " --demo" : ""));
        out.println("  3. See that it gets in, without sending anything:");
        out.println("     ./hub send " + sample(home, ownDialect) + " --check-only" + as);
        out.println(
                "  4. Send a first message of its own the same way without --check-only, and read what comes back:");
        out.println("     ./hub inbox --wait" + as);
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

    private static String freshSecret() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return Base64.getEncoder().encodeToString(random) + "\n";
    }

    private static Stream<String> list(String value, String by) {
        return Arrays.stream(value.split(by, -1)).map(String::strip);
    }

    /** Whatever JSON quotes, YAML reads. */
    static String quoted(String value) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value)) + '"';
    }

    private static String kinds() {
        return Arrays.stream(AgencyKind.values()).map(Enum::name).collect(Collectors.joining(", "));
    }
}
