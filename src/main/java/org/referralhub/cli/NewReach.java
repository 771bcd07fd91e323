package org.referralhub.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.HubHome;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * A way between the hub and an agency that does not fetch or send by itself, written into the agency's entry. Here stands what
 * couriers and collectors have in common: whose it is, folders and SFTP servers, and where secrets are.
 */
abstract class NewReach extends NewThing {
    static final Questions.Rule WORD = value ->
            value.isBlank() || value.contains(" ") || value.contains("\"") ? "One word, without blanks." : null;

    /** What each way takes; what all take is not here. */
    private static final Map<String, Set<String>> TAKEN = Map.of(
            "https", Set.of("--url", "--trust", "--secret-file", "--secret-env"),
            "folder", Set.of("--path", "--create", "--every"),
            "sftp",
                    Set.of(
                            "--host",
                            "--port",
                            "--user",
                            "--path",
                            "--known-hosts",
                            "--host-key",
                            "--password",
                            "--secret-file",
                            "--secret-env",
                            "--every"),
            "mail",
                    Set.of(
                            "--host",
                            "--port",
                            "--user",
                            "--trust",
                            "--from",
                            "--to",
                            "--link",
                            "--certificate",
                            "--secret-file",
                            "--secret-env"));

    @Parameters(index = "0", arity = "0..1", paramLabel = "ID", description = "The agency, as it is named on the hub.")
    private @Nullable String id;

    @Option(
            names = "--way",
            paramLabel = "WAY",
            description = "How: https, sftp, folder, mail; a collector sftp, folder.")
    private @Nullable String way;

    @Option(names = "--host", paramLabel = "HOST", description = "sftp, mail: name of the server.")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "PORT", description = "sftp, mail: its port (default: 22; 587).")
    private @Nullable String port;

    @Option(names = "--user", paramLabel = "NAME", description = "sftp, mail: the hub's user name there.")
    private @Nullable String user;

    @Option(
            names = "--path",
            paramLabel = "FOLDER",
            description = "sftp: the folder there. folder: a folder that both reach, from the data folder or in full.")
    private @Nullable String path;

    @Option(names = "--create", description = "folder: make it when it is missing.")
    private boolean create;

    @Option(
            names = "--known-hosts",
            paramLabel = "FILE",
            description = "sftp: file with the server's key, as ssh-keyscan writes it (default: secrets/known_hosts).")
    private @Nullable String knownHosts;

    @Option(
            names = "--host-key",
            paramLabel = "KEY",
            description = "sftp: the server's key itself, ssh-ed25519 AAAA...")
    private @Nullable String hostKey;

    @Option(names = "--password", description = "sftp: the secret is a password, not a private key.")
    private boolean password;

    @Option(
            names = "--secret-file",
            paramLabel = "FILE",
            description = "Where the key or password is (default: secrets/ID.WAY; a key that is not there is made).")
    private @Nullable String secretFile;

    @Option(names = "--secret-env", paramLabel = "NAME", description = "Environment variable with the key or password.")
    private @Nullable String secretVariable;

    NewReach(@Nullable Function<String, @Nullable String> terminal) {
        super(terminal);
    }

    /** The field of the entry. */
    abstract String field();

    /** The ways there are, the usual one first. */
    abstract List<String> ways();

    /** The lines of the field with their comments. */
    abstract List<String> lines(String agency, String way, Asked asked) throws IOException;

    /** What to do when it is written. */
    abstract List<String> steps(String agency, String way);

    /** What the ways ask with, and put down. */
    record Asked(HubHome home, Questions questions, NewFiles files, List<String> steps) {
        String ask(
                @Nullable String given,
                String option,
                String question,
                @Nullable String fallback,
                Questions.Rule rule) {
            return questions.ask(given, option, question, fallback, rule);
        }
    }

    @Override
    final List<String> plan(HubHome home, Questions questions, NewFiles files) throws IOException {
        String agency = questions.ask(id, "ID", "Id of the agency", null, value -> objection(home, value));
        String ways = String.join(", ", ways());
        String own = questions.ask(
                way,
                "--way",
                "How (" + ways + ")",
                ways().get(0),
                value -> ways().contains(value) ? null : "One of " + ways + ".");
        refuseOthers(own);
        List<String> steps = new ArrayList<>();
        List<String> lines = lines(agency, own, new Asked(home, questions, files, steps));
        EntryFile entry = EntryFile.find(home, demo(), agency).orElseThrow();
        files.change(
                entry.path(),
                entry.with(lines)
                        .orElseThrow(() -> wrong("The entry of " + agency + " in " + entry.shown("id")
                                + " is written in one line. Give each of its fields a line and call again.")));
        steps.add(takeOver());
        steps.addAll(steps(agency, own));
        return steps;
    }

    private @Nullable String objection(HubHome home, String agency) {
        EntryFile entry = EntryFile.find(home, demo(), agency).orElse(null);
        if (entry == null) {
            return "There is no agency " + agency + ". Make it first: ./hub new agency " + agency;
        }
        return entry.has(field())
                ? agency + " has one already: " + field() + " in " + entry.shown(field()) + ". Change it there."
                : null;
    }

    /** An option that would be passed over in silence is a misunderstanding. */
    private void refuseOthers(String own) {
        Set<String> known = TAKEN.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        for (OptionSpec option : spec().commandLine().getParseResult().matchedOptionsSet()) {
            String name = option.longestName();
            if (known.contains(name) && !TAKEN.getOrDefault(own, Set.of()).contains(name)) {
                throw wrong(name + " means nothing for --way " + own + ". Leave it out.");
            }
        }
    }

    List<String> folder(Asked asked) {
        String folder =
                asked.ask(path, "--path", "The folder, from the data folder or in full", null, NewReach::notQuoted);
        return List.of(
                "  folder:",
                "    # From the hub's data folder, unless it begins with /.",
                "    path: " + quoted(folder),
                "    # Left false, a share that is not mounted is noticed instead of filled underneath.",
                "    create: " + create);
    }

    List<String> sftp(String agency, Asked asked) throws IOException {
        String server = server(asked, "Name of the SFTP server");
        String at = port(asked, "22");
        String name = asked.ask(user, "--user", "The hub's user name there", null, WORD);
        String folder = asked.ask(path, "--path", "The folder there", null, NewReach::notQuoted);
        List<String> lines = new ArrayList<>(List.of(
                "  sftp:",
                "    host: " + quoted(server),
                "    port: " + at,
                "    user: " + quoted(name),
                "    path: " + quoted(folder)));
        if (hostKey != null) {
            lines.add("    # With any other key the server gets nothing, not even the login.");
            lines.add("    hostKey: " + quoted(hostKey));
        } else {
            String known = asked.ask(
                    knownHosts,
                    "--known-hosts",
                    "File with the server's key",
                    "secrets/known_hosts",
                    file -> Files.isRegularFile(asked.home().base().resolve(file))
                            ? null
                            : "There is no file " + file + ". Have it written: ssh-keyscan -p " + at + " " + server
                                    + " >> " + file + ", and compare it with what the agency says over another way.");
            lines.add("    # The server's key stands there; with any other it gets nothing, not even the login.");
            lines.add("    knownHosts: " + quoted(known));
        }
        if (password) {
            lines.add("    password: " + secret(agency + ".sftp"));
        } else {
            lines.add("    # The hub's private key, without a passphrase. The agency has its public half.");
            lines.add("    key: " + sshKey(agency, asked));
        }
        return lines;
    }

    private String sshKey(String agency, Asked asked) throws IOException {
        String file = secretName(agency + ".sftp");
        if (secretVariable == null && !Files.exists(asked.home().base().resolve(file))) {
            KeyPair pair = keyPair();
            asked.files().addSecret(file, privateKey(pair));
            asked.files().add(file + ".pub", PublicKeyEntry.toString(pair.getPublic()) + " referral-hub\n");
            asked.steps()
                    .add("Have the agency let this key in on its server (authorized_keys). It is no secret:\ncat "
                            + file + ".pub");
        }
        return secret(agency + ".sftp");
    }

    private static KeyPair keyPair() {
        try {
            KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
            keys.initialize(new ECGenParameterSpec("secp256r1"));
            return keys.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has this curve", e);
        }
    }

    private static String privateKey(KeyPair pair) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "referral-hub", null, text);
        } catch (GeneralSecurityException e) {
            throw new IOException("the key could not be written", e);
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    String server(Asked asked, String question) {
        return asked.ask(host, "--host", question, null, WORD);
    }

    String port(Asked asked, String usual) {
        return asked.ask(
                port,
                "--port",
                "Its port",
                usual,
                value -> value.matches("[1-9][0-9]{0,4}") && Integer.parseInt(value) <= 65_535
                        ? null
                        : "A number from 1 to 65535.");
    }

    /** The hub's user name there; empty when it has none. */
    String userOrNone(Asked asked) {
        return asked.ask(
                user,
                "--user",
                "The hub's user name there, or nothing",
                "",
                value -> value.isEmpty() ? null : WORD.objection(value));
    }

    /** Where the secret is, as the entry says it. */
    String secret(String usual) {
        return secretVariable == null
                ? "{ file: " + quoted(secretName(usual)) + " }"
                : "{ env: " + secretVariable + " }";
    }

    /** The file of the secret, when it is a file that can be made. */
    @Nullable
    String secretToMake(String usual) {
        return secretVariable == null ? secretName(usual) : null;
    }

    private String secretName(String usual) {
        return secretFile == null ? "secrets/" + usual : secretFile;
    }

    static @Nullable String notQuoted(String value) {
        return value.isBlank() ? "It must not be empty." : null;
    }

    /** A file by its path from the hub's folder; empty for none. */
    static Questions.Rule fileOrNone(HubHome home) {
        return file -> file.isEmpty() || Files.isRegularFile(home.base().resolve(Path.of(file)))
                ? null
                : "There is no file " + file + ".";
    }
}
