package org.referralhub.alarm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;

/** Writes each text message as a line to {@code data/sms.log}, for a gateway that reads it. */
record TextingToFiles(Path file, Clock clock) implements Texting {
    @Override
    public void send(String number, String text) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.write(
                file,
                (clock.instant() + "\t" + number + "\t" + text + "\n").getBytes(StandardCharsets.UTF_8),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }
}
