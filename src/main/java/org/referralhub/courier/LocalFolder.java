package org.referralhub.courier;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A folder of this machine, or one that is mounted here. What is left in it is on the disk before it has its name. */
final class LocalFolder implements DropFolder {
    private final Path path;
    private final boolean create;

    /** @param create whether it is made when it is missing */
    LocalFolder(Path path, boolean create) {
        this.path = path;
        this.create = create;
    }

    @Override
    public void leave(String name, byte[] content) throws IOException {
        write(folder(), name, content);
    }

    @Override
    public void note(String folder, String name, byte[] content) throws IOException {
        write(Files.createDirectories(folder().resolve(folder)), name, content);
    }

    private static void write(Path folder, String name, byte[] content) throws IOException {
        Path file = folder.resolve(name);
        if (Files.exists(file) && Files.size(file) == content.length) {
            return;
        }
        Path unfinished = folder.resolve("." + name + ".tmp");
        try (FileChannel channel = FileChannel.open(
                unfinished,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder);
    }

    /** The new name is in the folder, which is written by itself. Not every file system lets a folder be opened. */
    private static void sync(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    @Override
    public List<Found> look(String folder) throws IOException {
        List<Found> files = new ArrayList<>();
        Path within = folder().resolve(folder);
        if (!Files.isDirectory(within)) {
            return files;
        }
        try (Stream<Path> paths = Files.list(within)) {
            for (Path entry : (Iterable<Path>) paths::iterator) {
                String name = entry.getFileName().toString();
                try {
                    // A link could lead to any file of this machine.
                    BasicFileAttributes file =
                            Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                    if (file.isRegularFile() && !name.startsWith(".")) {
                        files.add(new Found(
                                name, file.size(), file.lastModifiedTime().toInstant()));
                    }
                } catch (NoSuchFileException e) {
                    // Its writer has just given it another name.
                }
            }
        }
        files.sort(Comparator.comparing(Found::name));
        return files;
    }

    @Override
    public byte @Nullable [] read(String name, int most) throws IOException {
        try (InputStream content = Files.newInputStream(folder().resolve(name), LinkOption.NOFOLLOW_LINKS)) {
            return content.readNBytes(most);
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public void move(String name, String folder, String as) throws IOException {
        Path target = Files.createDirectories(folder().resolve(folder));
        Files.move(
                folder().resolve(name),
                target.resolve(as),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        sync(target);
    }

    private Path folder() throws IOException {
        if (create) {
            Files.createDirectories(path);
        } else if (!Files.isDirectory(path)) {
            throw new NotDirectoryException(path.toString());
        }
        return path;
    }

    @Override
    public void close() {
        // Nothing is kept open.
    }
}
