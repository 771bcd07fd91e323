package org.referralhub.edition;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.HubHome;

/**
 * Copies of everything that people have written, one folder for each version that ran, below {@code data/editions/}. A version
 * is named after what is in its files, so the same files are the same version on every node.
 *
 * <p>An edition is read from its copy and never from the folders that people write in: what runs can't change under the hub,
 * and an older version can run again.
 */
final class Shelf {
    /** Versions that are kept besides the one that runs. */
    static final int KEPT = 20;

    private static final int VERSION_LENGTH = 12;
    private static final String STATE = "state.json";
    private static final String NEW = ".new";
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).findAndRegisterModules();

    private final HubHome home;
    private final Path folder;
    private State state;
    private volatile String copied = "";

    /**
     * What is remembered over a restart.
     *
     * @param running the version that ran last
     * @param declined a version that stood in the home and is not taken by itself, since it was refused or gone back from
     * @param accepted every version that has run and is kept, the latest last
     * @param left those of them that people went back from
     */
    record State(@Nullable String running, @Nullable String declined, List<String> accepted, List<String> left) {
        static final State EMPTY = new State(null, null, List.of(), List.of());

        // Null in a file that was written before there was such a list.
        State(@Nullable String running, @Nullable String declined, List<String> accepted, @Nullable List<String> left) {
            this.running = running;
            this.declined = declined;
            this.accepted = List.copyOf(accepted);
            this.left = left == null ? List.of() : List.copyOf(left);
        }
    }

    /** @throws UncheckedIOException when the folder can't be used */
    Shelf(HubHome home) {
        this.home = home;
        this.folder = home.data().resolve("editions");
        try {
            Files.createDirectories(folder);
            try {
                // What is in the copies is no secret, but a secret's file may well lie below config/.
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            } catch (UnsupportedOperationException e) {
                // Another kind of file system; the data folder protects it.
            }
            this.state = read();
            tidy();
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": can't be used", e);
        }
    }

    /** The version that ran last; empty when none has. */
    Optional<String> running() {
        return Optional.ofNullable(state.running());
    }

    /** True for the version that was refused or gone back from last: it is taken when somebody asks for it, not by itself. */
    boolean isDeclined(String version) {
        return version.equals(state.declined());
    }

    /** Every version that can run again, the latest last. */
    List<String> accepted() {
        return state.accepted();
    }

    /** The home as this version has it. */
    HubHome home(String version) {
        return home.copiedTo(folder.resolve(version));
    }

    /**
     * Copies what stands in the home now.
     *
     * @return the version that it is
     * @throws IOException when a file can't be read or written; its name is the message
     */
    String copy() throws IOException {
        String mark = mark();
        Path fresh = folder.resolve(NEW);
        delete(fresh);
        MessageDigest digest = sha256();
        for (Path file : files()) {
            String name = name(file);
            byte[] content = Files.readAllBytes(file);
            // With their lengths, so that no two homes make the same bytes.
            digest.update((name + '\n' + content.length + '\n').getBytes(StandardCharsets.UTF_8));
            digest.update(content);
            Path target = fresh.resolve(name);
            Files.createDirectories(target.getParent());
            Files.write(target, content);
        }
        // A folder without a file is one that people made; where it is missing, they are told.
        for (Path part : List.of(home.routes(), home.schemas(), home.config())) {
            if (Files.isDirectory(part)) {
                Files.createDirectories(fresh.resolve(name(part)));
            }
        }
        String version = HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_LENGTH);
        Path target = folder.resolve(version);
        if (state.accepted().contains(version) && Files.isDirectory(target)) {
            delete(fresh);
        } else {
            delete(target);
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
        }
        // Taken before the first file was read: what was written since makes another mark.
        copied = mark;
        return version;
    }

    /**
     * From now on this version runs.
     *
     * @param declined another one that stands in the home and is not to be taken by itself; null when there is none
     */
    void run(String version, @Nullable String declined) throws IOException {
        List<String> left = new ArrayList<>(state.left());
        left.remove(version);
        write(version, declined, with(version), left);
    }

    /**
     * From now on this version runs again. It keeps its place among the others, so that who goes back once more comes to an
     * older one and not to the one that was left.
     *
     * @param declined as for {@link #run}
     */
    void runAgain(String version, @Nullable String declined) throws IOException {
        List<String> left = new ArrayList<>(state.left());
        left.remove(version);
        String before = state.running();
        if (before != null
                && state.accepted().indexOf(version) < state.accepted().indexOf(before)) {
            left.remove(before);
            left.add(before);
        }
        write(version, declined, state.accepted(), left);
    }

    /** The latest version that ran before the one that runs, and that nobody has gone back from; empty when none is kept. */
    Optional<String> before() {
        List<String> all = state.accepted();
        for (int i = all.indexOf(state.running()) - 1; i >= 0; i--) {
            String version = all.get(i);
            if (!state.left().contains(version) && !isDeclined(version)) {
                return Optional.of(version);
            }
        }
        return Optional.empty();
    }

    private void write(String running, @Nullable String declined, List<String> accepted, List<String> left)
            throws IOException {
        left.retainAll(accepted);
        write(new State(running, running.equals(declined) ? null : declined, accepted, left));
    }

    /** This version is not taken by itself. Its copy is thrown away, unless it has run. */
    void decline(String version) throws IOException {
        write(new State(state.running(), version, state.accepted(), state.left()));
    }

    /** Throws away what was copied and will not run. */
    void discard() throws IOException {
        tidy();
    }

    /**
     * A mark of what stands in the home, for telling cheaply whether anything has changed since. It says nothing of what is in
     * the files, so a different mark may still be the same version.
     */
    String mark() throws IOException {
        StringBuilder mark = new StringBuilder();
        for (Path file : files()) {
            try {
                mark.append(name(file))
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS))
                        .append('\n');
            } catch (NoSuchFileException e) {
                // Gone since it was listed, as editors' intermediate files are; the next look tells.
                mark.append("gone\n");
            }
        }
        return mark.toString();
    }

    /** The {@link #mark} of what was copied last. */
    String copied() {
        return copied;
    }

    /** Tells of changes in folders that are registered with it. */
    WatchService newWatchService() throws IOException {
        return home.root().getFileSystem().newWatchService();
    }

    /** The folders that people write in, and all below them. */
    List<Path> folders() throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path part : List.of(home.routes(), home.schemas(), home.config())) {
            if (Files.isDirectory(part)) {
                try (Stream<Path> paths = Files.walk(part, FileVisitOption.FOLLOW_LINKS)) {
                    paths.filter(Files::isDirectory).forEach(all::add);
                }
            }
        }
        return all;
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path part : List.of(home.config(), home.routes(), home.schemas())) {
            if (Files.isDirectory(part)) {
                try (Stream<Path> paths = Files.walk(part, FileVisitOption.FOLLOW_LINKS)) {
                    paths.filter(Files::isRegularFile).filter(Shelf::isMeant).forEach(files::add);
                } catch (UncheckedIOException e) {
                    throw e.getCause();
                }
            }
        }
        if (Files.exists(home.importedPlaces())) {
            files.add(home.importedPlaces());
        }
        files.sort(Comparator.comparing(this::name));
        return files;
    }

    /** Editors and version control leave files beside those that people mean. */
    private static boolean isMeant(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && !name.endsWith("~") && !(name.startsWith("#") && name.endsWith("#"));
    }

    /** Within the home; the imported list of places is data/places.csv wherever the data is. */
    private String name(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        return (absolute.startsWith(home.root()) && !absolute.equals(home.importedPlaces())
                        ? home.root().relativize(absolute)
                        : Path.of("data").resolve(String.valueOf(absolute.getFileName())))
                .toString()
                .replace('\\', '/');
    }

    private List<String> with(String version) {
        List<String> all = new ArrayList<>(state.accepted());
        all.remove(version);
        all.add(version);
        return List.copyOf(all.subList(Math.max(0, all.size() - KEPT - 1), all.size()));
    }

    private void write(State next) throws IOException {
        Path fresh = folder.resolve(STATE + NEW);
        Files.writeString(fresh, JSON.writeValueAsString(next), StandardCharsets.UTF_8);
        Files.move(fresh, folder.resolve(STATE), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        state = next;
        tidy();
    }

    private State read() throws IOException {
        Path file = folder.resolve(STATE);
        if (!Files.exists(file)) {
            return State.EMPTY;
        }
        try {
            return JSON.readValue(Files.readString(file, StandardCharsets.UTF_8), State.class);
        } catch (JsonProcessingException e) {
            // Half written by a crash it can't be; whoever has changed it by hand begins anew.
            return State.EMPTY;
        }
    }

    /** Deletes what is neither kept nor being copied. */
    private void tidy() throws IOException {
        Set<String> kept = new HashSet<>(state.accepted());
        kept.add(STATE);
        try (Stream<Path> all = Files.list(folder)) {
            for (Path one : all.toList()) {
                if (!kept.contains(String.valueOf(one.getFileName()))) {
                    delete(one);
                }
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(one);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
