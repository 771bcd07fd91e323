package org.referralhub.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.Identifiers;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the folder of a new JSON format that works at once and waits to be given the office's own words. */
@Command(
        name = "dialect",
        mixinStandardHelpOptions = true,
        description = {
            "Write schemas/NAME/: a JSON format that carries every kind of message both ways, with its schemas, both",
            "mappings and samples that pass. Change its words to the office's own, with ./hub check after each step."
        },
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:written, checked and sound", "1:it would have a fault; nothing was written", "2:wrong usage"
        },
        footer = {
            "",
            "Example:",
            "  ./hub new dialect home-visits --title-mn 'Гэрийн эргэлтийн маягт' --title-en 'Home visit form'"
        })
final class NewDialectCommand implements Callable<Integer> {
    private static final String TEMPLATE = "org/referralhub/cli/dialect/";
    /** The number of the referral in the samples, from which its id follows. */
    private static final String NUMBER = "2026-0001";

    private final @Nullable Function<String, @Nullable String> terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private NewOptions options = new NewOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Its name, and that of its folder.")
    private @Nullable String name;

    @Option(names = "--title-mn", paramLabel = "TITLE", description = "What people call the format, in Mongolian.")
    private @Nullable String titleMn;

    @Option(names = "--title-en", paramLabel = "TITLE", description = "What people call the format, in English.")
    private @Nullable String titleEn;

    @Option(
            names = "--sender",
            paramLabel = "AGENCY",
            description = "Agency in whose name the samples are read (default: NAME-office).")
    private @Nullable String sender;

    NewDialectCommand() {
        this(NewOptions.terminal());
    }

    /** @param terminal shows a prompt and reads a line; null when nobody is there */
    NewDialectCommand(@Nullable Function<String, @Nullable String> terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        Questions questions = options.questions(spec.commandLine(), terminal);
        String own = questions.ask(
                name,
                "NAME",
                "Name of the format, for example home-visits",
                null,
                value -> value.matches("[a-z][a-z0-9-]{1,40}") && !value.equals("config")
                        ? null
                        : "A name begins with a letter and has 2 to 41 of a-z, 0-9 and hyphen; config is taken.");
        Questions.Rule title =
                value -> value.isBlank() || value.length() > 200 ? "A title has 1 to 200 letters." : null;
        String mn = questions.ask(titleMn, "--title-mn", "What people call it, in Mongolian", null, title);
        String en = questions.ask(titleEn, "--title-en", "What people call it, in English", null, title);
        String office = questions.ask(
                sender,
                "--sender",
                "Agency in whose name the samples are read",
                own + "-office",
                value -> value.matches("[a-z0-9-]{2,64}") ? null : "An agency's id is 2 to 64 of a-z, 0-9 and hyphen.");

        HubHome home = options.home();
        NewFiles files = new NewFiles(home, spec.commandLine());
        Map<String, String> words = Map.of(
                "@name@",
                own,
                "@title-mn@",
                NewAgencyCommand.quoted(mn),
                "@title-en@",
                NewAgencyCommand.quoted(en),
                "@title-en-plain@",
                en,
                "@sender@",
                office,
                "@referral@",
                Identifiers.referralId(office, NUMBER));
        for (Resource resource : template()) {
            String path = resource.getURL().toString();
            String content;
            try (InputStream in = resource.getInputStream()) {
                content = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            for (Map.Entry<String, String> word : words.entrySet()) {
                content = content.replace(word.getKey(), word.getValue());
            }
            files.add("schemas/" + own + "/" + path.substring(path.indexOf(TEMPLATE) + TEMPLATE.length()), content);
        }
        if (!files.write(options.demo())) {
            return ExitCodes.REFUSED;
        }
        next(own);
        return ExitCodes.OK;
    }

    private static List<Resource> template() throws IOException {
        return Arrays.stream(new PathMatchingResourcePatternResolver().getResources("classpath:" + TEMPLATE + "**/*.*"))
                .sorted(Comparator.comparing(Resource::getDescription))
                .toList();
    }

    private void next(String own) {
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.println("What next:");
        out.println("  1. Let an agency speak it: dialect: " + own + " in its entry in config/agencies/,");
        out.println("     or a new one: ./hub new agency ID --dialect " + own);
        out.println("  2. See what becomes of a document, stage by stage:");
        out.println("     ./hub try schemas/" + own + "/samples/accepted/referral.json --as AGENCY");
        out.println("  3. Change the names and words of schemas/" + own
                + "/ to the office's own; its README.md has the table.");
        out.println(
                "     Put a real document, of an invented child, into samples/accepted and what it must become beside it.");
        out.println("  4. After each change: ./hub check" + (options.demo() ? " --demo" : ""));
        out.println("  5. Start the hub again, so that it knows the format.");
    }
}
