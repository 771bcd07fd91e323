package org.referralhub.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes the courier of an office that does not want to fetch. */
@Command(
        name = "courier",
        description = {
            "Have an agency brought what is for it: writes delivery: into its entry in config/agencies/, with "
                    + "comments, and makes the key that is needed.",
            "Asks for what no option says."
        },
        footer = {
            "",
            "Examples:",
            "  ./hub new courier shelter-capital --way https --url https://shelter.example.org/referrals",
            "  ./hub new courier court-1110 --way sftp --host sftp.example.org --user hub --path /incoming"
        })
final class NewCourierCommand extends NewReach {
    private static final String HTTPS = "https://[^/?#\\s\"]+[^\\s\"]*";
    private static final String MAILBOX = "[^@\\s<>,;\"]+@[^@\\s<>,;\"]+";

    @Option(names = "--url", paramLabel = "URL", description = "https: where each document is posted.")
    private @Nullable String url;

    @Option(
            names = "--trust",
            paramLabel = "FILE",
            description = "https, mail: who may vouch for the server (PEM; default: whom Java trusts).")
    private @Nullable String trust;

    @Option(names = "--to", paramLabel = "ADDRESS", description = "mail: the agency's mailbox.")
    private @Nullable String to;

    @Option(names = "--from", paramLabel = "ADDRESS", description = "mail: the hub's own mailbox.")
    private @Nullable String from;

    @Option(
            names = "--link",
            paramLabel = "URL",
            description = "mail: where the agency reads the document, {id} standing for its id.")
    private @Nullable String link;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "mail: the agency's S/MIME certificate; the document goes with the mail, encrypted for it.")
    private @Nullable String certificate;

    NewCourierCommand() {
        this(NewOptions.terminal());
    }

    /** @param terminal shows a prompt and reads a line; null when nobody is there */
    NewCourierCommand(@Nullable Function<String, @Nullable String> terminal) {
        super(terminal);
    }

    @Override
    String field() {
        return "delivery";
    }

    @Override
    List<String> ways() {
        return List.of("https", "sftp", "folder", "mail");
    }

    @Override
    List<String> lines(String agency, String way, Asked asked) throws IOException {
        List<String> lines = new ArrayList<>(List.of(
                "# Brought to it; without this it fetches from its inbox. docs/couriers.md tells what each line means.",
                "delivery:"));
        lines.addAll(
                switch (way) {
                    case "https" -> https(agency, asked);
                    case "sftp" -> sftp(agency, asked);
                    case "folder" -> folder(asked);
                    default -> mail(agency, asked);
                });
        lines.add("  # What was not taken is tried again, after these pauses, and goes to the desk in the end.");
        lines.add("  retry: { first: PT1S, longest: PT5M, giveUpAfter: PT12H }");
        return lines;
    }

    private List<String> https(String agency, Asked asked) {
        String address = asked.ask(
                url,
                "--url",
                "Where each document is posted, https://...",
                null,
                value -> value.matches(HTTPS) ? null : "Write it as https://host/path.");
        String usual = agency + ".webhook";
        String make = secretToMake(usual);
        if (make != null) {
            asked.files().addSecret(make, NewFiles.freshKey());
            asked.steps()
                    .add("Give the agency the key in " + make
                            + ", by a way that nobody else reads. With it its system sees"
                            + " that a document is the hub's:\ndocs/couriers.md, \"What a receiver of HTTPS does\".");
        } else {
            asked.steps().add("Set the key where the hub starts (openssl rand -base64 32), and give it to the agency.");
        }
        List<String> lines = new ArrayList<>(List.of(
                "  https:",
                "    url: " + quoted(address),
                "    # Of the signature; both sides have it.",
                "    key: " + secret(usual)));
        trust(asked, lines, "    ");
        return lines;
    }

    private void trust(Asked asked, List<String> lines, String indent) {
        String file = trust == null ? "" : trust;
        asked.ask(file, "--trust", "Who may vouch for the server", "", fileOrNone(asked.home()));
        lines.add(
                file.isEmpty()
                        ? indent
                                + "# trust: secrets/ca.pem   # who may vouch for the server, when Java does not know them"
                        : indent + "trust: " + quoted(file));
    }

    private List<String> mail(String agency, Asked asked) {
        String server = server(asked, "Name of the mail server that takes the hub's mail");
        String at = port(asked, "587");
        String name = userOrNone(asked);
        Questions.Rule mailbox = value -> value.matches(MAILBOX) ? null : "Write it as name@host.";
        String sender = asked.ask(from, "--from", "The hub's own mailbox", null, mailbox);
        String receiver = asked.ask(to, "--to", "The agency's mailbox", null, mailbox);
        String own = asked.ask(
                certificate,
                "--certificate",
                "File with the agency's S/MIME certificate, to send the document itself; or nothing",
                "",
                fileOrNone(asked.home()));
        String where = !own.isEmpty() && link == null
                ? ""
                : asked.ask(
                        link,
                        "--link",
                        "Where the agency reads it, https://...{id}; or nothing",
                        "",
                        value ->
                                value.isEmpty() || value.matches(HTTPS) ? null : "Write it as https://host/path/{id}.");
        List<String> lines = new ArrayList<>(List.of(
                "  mail:",
                "    server:",
                "      host: " + quoted(server),
                "      port: " + at,
                "      from: " + quoted(sender)));
        if (!name.isEmpty()) {
            lines.add("      user: " + quoted(name));
            lines.add("      password: " + secret(agency + ".mail"));
        }
        trust(asked, lines, "      ");
        lines.add("    to: " + quoted(receiver));
        if (!where.isEmpty()) {
            lines.add("    link: " + quoted(where));
        }
        if (own.isEmpty()) {
            lines.add("    # Nothing personal is in the mail: reference and link. The document waits in the inbox.");
        } else {
            lines.add("    # The document goes with the mail, encrypted for this certificate.");
            lines.add("    certificate: " + quoted(own));
        }
        return lines;
    }

    @Override
    List<String> steps(String agency, String way) {
        return List.of(
                "Send it an exercise and see that its system takes it: docs/conformance.md.",
                "See how it goes, and when it last worked:\n./hub agencies --served --as OPERATOR",
                "If it must wait: ./hub agencies pause " + agency + " --reason TEXT --as OPERATOR");
    }
}
