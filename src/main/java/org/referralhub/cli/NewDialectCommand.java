package org.referralhub.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.Identifiers;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the folder of a new JSON format that works at once and waits to be given the office's own words. */
@Command(
        name = "dialect",
        description = {
            "Write schemas/NAME/: a JSON format that carries every kind of message both ways, with its schemas, "
                    + "both mappings and samples that pass.",
            "Change its words to the office's own, with ./hub check after each step."
        },
        footer = {
            "",
            "Example:",
            "  ./hub new dialect home-visits --title-mn 'Гэрийн эргэлтийн маягт' --title-en 'Home visit form'"
        })
final class NewDialectCommand extends NewThing {
    private static final String TEMPLATE = "org/referralhub/cli/dialect/";
    /** The number of the referral in the samples, from which its id follows. */
    private static final String NUMBER = "2026-0001";

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
        super(terminal);
    }

    @Override
    List<String> plan(HubHome home, Questions questions, NewFiles files) throws IOException {
        String own = questions.ask(
                name,
                "NAME",
                "Name of the format, for example home-visits",
                null,
                value -> value.matches("[a-z][a-z0-9-]{1,40}") && !value.equals("config")
                        ? null
                        : "A name begins with a letter and has 2 to 41 of a-z, 0-9 and hyphen; config is taken.");
        String mn = questions.ask(titleMn, "--title-mn", "What people call it, in Mongolian", null, TITLE);
        String en = questions.ask(titleEn, "--title-en", "What people call it, in English", null, TITLE);
        String office = questions.ask(
                sender, "--sender", "Agency in whose name the samples are read", own + "-office", AGENCY_ID);

        Map<String, String> words = Map.of(
                "@name@",
                own,
                "@title-mn@",
                quoted(mn),
                "@title-en@",
                quoted(en),
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
        return List.of(
                "Let an agency speak it: dialect: " + own + " in its entry in config/agencies/, or a new one:\n"
                        + "./hub new agency ID --dialect " + own,
                "See what becomes of a document, stage by stage:\n" + "./hub try schemas/" + own
                        + "/samples/accepted/referral.json --as AGENCY",
                "Change the names and words of schemas/" + own + "/ to the office's own; its README.md has the table.\n"
                        + "Put a real document, of an invented child, into samples/accepted and what it must become"
                        + " beside it.",
                "After each change: ./hub check" + (demo() ? " --demo" : ""),
                takeOver());
    }

    private static List<Resource> template() throws IOException {
        return Arrays.stream(new PathMatchingResourcePatternResolver().getResources("classpath:" + TEMPLATE + "**/*.*"))
                .sorted(Comparator.comparing(Resource::getDescription))
                .toList();
    }
}
