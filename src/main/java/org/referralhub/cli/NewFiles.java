package org.referralhub.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.edition.EditionCheck;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Files that are about to be written or changed: all of them, checked with the rest of the home, or none. */
final class NewFiles {
    private static final Set<PosixFilePermission> OURS_ALONE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER_OURS_ALONE = PosixFilePermissions.fromString("rwx------");

    /** More are not named one by one. */
    private static final int A_FEW = 4;

    private final HubHome home;
    private final CommandLine command;
    private final Map<Path, String> contents = new LinkedHashMap<>();
    private final Map<Path, String> secrets = new LinkedHashMap<>();
    private final Map<Path, String> changes = new LinkedHashMap<>();
    /** What the files that have been changed held before. */
    private final Map<Path, String> before = new LinkedHashMap<>();
    /** What has been made, in order, also folders. */
    private final List<Path> made = new ArrayList<>();

    NewFiles(HubHome home, CommandLine command) {
        this.home = home;
        this.command = command;
    }

    /** A file by its path within the home. */
    void add(String name, String content) {
        contents.put(home.root().resolve(name), content);
    }

    /** A file that nobody else on the machine may read; one that is there already is left as it is. */
    void addSecret(String name, String content) {
        Path file = home.root().resolve(name);
        if (!Files.exists(file)) {
            secrets.put(file, content);
        }
    }

    /** Another content for a file that is there. */
    void change(Path file, String content) {
        changes.put(file, content);
    }

    /** 32 bytes that nobody can guess, as a line of base64. */
    static String freshKey() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        return Base64.getEncoder().encodeToString(random) + "\n";
    }

    /**
     * Writes and checks. When one of these files has a fault, it is told and all is as it was before.
     *
     * @return true when they are there and sound
     * @throws ParameterException when one of them is there already; nothing is written then
     */
    boolean write(boolean demo) throws IOException {
        for (Path file : contents.keySet()) {
            if (Files.exists(file)) {
                throw new ParameterException(
                        command, home.shown(file) + " is there already. Choose another name, or change that file.");
            }
        }
        boolean sound = false;
        try {
            for (Map.Entry<Path, String> file : contents.entrySet()) {
                makeFolder(folderOf(file.getKey()));
                create(file.getKey(), file.getValue());
            }
            for (Map.Entry<Path, String> file : secrets.entrySet()) {
                Path folder = folderOf(file.getKey());
                boolean fresh = !Files.isDirectory(folder);
                makeFolder(folder);
                if (fresh) {
                    restrict(folder, FOLDER_OURS_ALONE);
                }
                // Restricted before the secret is in it.
                create(file.getKey(), "");
                restrict(file.getKey(), OURS_ALONE);
                Files.writeString(file.getKey(), file.getValue());
            }
            for (Map.Entry<Path, String> file : changes.entrySet()) {
                before.put(file.getKey(), Files.readString(file.getKey()));
                replace(file.getKey(), file.getValue());
            }
            sound = check(demo);
        } finally {
            if (!sound) {
                takeAway();
            }
        }
        return sound;
    }

    private boolean check(boolean demo) throws IOException {
        Faults faults = new Faults();
        HomeCheck.Counts counts = new HomeCheck(home, demo).run(faults, EditionCheck.SILENT);
        List<ConfigurationFault> ours =
                faults.all().stream().filter(this::isOurs).toList();
        PrintWriter out = command.getOut();
        if (!ours.isEmpty()) {
            ours.forEach(command.getErr()::println);
            command.getErr().println("Nothing was written.");
            return false;
        }
        if (contents.size() > A_FEW) {
            Path folder = made.stream().filter(Files::isDirectory).findFirst().orElse(home.root());
            out.println("wrote %d files to %s/".formatted(contents.size(), home.shown(folder)));
        } else {
            made.stream().filter(Files::isRegularFile).forEach(file -> out.println("wrote " + home.shown(file)));
        }
        before.keySet().forEach(file -> out.println("changed " + home.shown(file)));
        int others = faults.all().size();
        if (others > 0) {
            out.println("%d %s in other files%s: ./hub check tells."
                    .formatted(
                            others,
                            others == 1 ? "fault" : "faults",
                            counts.samples() == 0 ? ", so the samples could not be run" : ""));
        } else {
            out.println("checked: no fault. %d agencies, %d dialects, %d samples."
                    .formatted(counts.agencies(), counts.dialects(), counts.samples()));
        }
        return true;
    }

    private boolean isOurs(ConfigurationFault fault) {
        Path file = home.root().resolve(fault.file());
        return made.contains(file) || before.containsKey(file);
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.getParent(), "a path within the home");
    }

    private void makeFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            makeFolder(folderOf(folder));
            Files.createDirectory(folder);
            made.add(folder);
        }
    }

    private void create(Path file, String content) throws IOException {
        Files.writeString(file, content, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        made.add(file);
    }

    /** At once, so that nobody ever reads half of it. */
    private static void replace(Path file, String content) throws IOException {
        Path target = file.toRealPath();
        Path whole = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            Files.copy(target, whole, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
            Files.writeString(whole, content);
            Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private static void restrict(Path path, Set<PosixFilePermission> permissions) throws IOException {
        try {
            Files.setPosixFilePermissions(path, permissions);
        } catch (UnsupportedOperationException e) {
            // A system without these permissions; the folder's own rules hold there.
        }
    }

    /** The last first, so that a folder is empty by then. */
    private void takeAway() throws IOException {
        for (int i = made.size() - 1; i >= 0; i--) {
            Files.deleteIfExists(made.get(i));
        }
        made.clear();
        for (Map.Entry<Path, String> file : before.entrySet()) {
            replace(file.getKey(), file.getValue());
        }
        before.clear();
    }
}
