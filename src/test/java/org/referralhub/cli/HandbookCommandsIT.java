package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.testing.RunningHub;

/** Every command of the operator's handbook that speaks to a hub is understood by a running one. */
class HandbookCommandsIT {
    /** What a hub answers when it has understood: done, or refused for a reason that it gives. */
    private static final List<Integer> UNDERSTOOD = List.of(ExitCodes.OK, ExitCodes.REFUSED);

    @TempDir
    Path folder;

    @Test
    void every_command_is_run_as_the_handbook_gives_it() throws Exception {
        RunningHub hub = RunningHub.shared();
        hub.settle();
        int run = 0;
        for (String command : HandbookTest.commands().keySet()) {
            List<String> words = new ArrayList<>(List.of(command.split("\\s+")));
            int as = words.indexOf("--as");
            if (as < 0 || words.get(0).equals("track")) {
                // Starts or checks a hub, which other tests do, or asks its user.
                continue;
            }
            String user = words.get(as + 1);
            words.replaceAll(word -> word.equals("ID") ? "ngo-home-visits" : word);
            words.replaceAll(word -> word.equals("TEXT") ? "trial" : word);
            int url = words.indexOf("--url");
            if (url >= 0) {
                words.subList(url, url + 2).clear();
            }
            words.addAll(List.of(
                    "--url",
                    hub.url().toString(),
                    "--secret-file",
                    Files.writeString(folder.resolve("secret-" + user), "demo-" + user)
                            .toString()));
            StringWriter out = new StringWriter();
            int code = Hub.commandLine()
                    .setOut(new PrintWriter(out, true))
                    .setErr(new PrintWriter(out, true))
                    .execute(words.toArray(String[]::new));
            assertThat(code).as(command + "\n" + out).isIn(UNDERSTOOD);
            assertThat(out.toString()).as(command).isNotBlank();
            run++;
        }
        assertThat(run).isGreaterThan(10);
    }
}
