package org.referralhub.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** A file that somebody names. */
final class GivenFile {
    private GivenFile() {}

    /**
     * All of it.
     *
     * @throws ParameterException when it can't be read, with the reason
     */
    static byte[] read(CommandSpec command, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ParameterException(
                    command.commandLine(),
                    Files.isDirectory(file)
                            ? file + " is a folder; name a file."
                            : Files.exists(file)
                                    ? file + " cannot be read; see who may."
                                    : "There is no file " + file + ".",
                    e);
        }
    }
}
