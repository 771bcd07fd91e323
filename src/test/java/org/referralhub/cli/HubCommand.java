package org.referralhub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;

/** The command line, for tests of other rooms. */
public final class HubCommand {
    private HubCommand() {}

    /** Runs a command that must succeed, in this process; gives what it prints. */
    public static String run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Hub.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        assertThat(code).as("%s%n%s", out, err).isZero();
        return out.toString();
    }
}
