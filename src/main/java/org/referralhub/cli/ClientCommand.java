package org.referralhub.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that asks a running hub. */
abstract class ClientCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public final Integer call() throws Exception {
        return call(connection.open());
    }

    /** Asks the hub and prints what it says; returns the exit code. */
    abstract int call(HubClient hub) throws Exception;

    boolean json() {
        return connection.json();
    }

    PrintWriter out() {
        return spec.commandLine().getOut();
    }

    PrintWriter err() {
        return spec.commandLine().getErr();
    }

    CommandSpec spec() {
        return spec;
    }

    /** Prints a bad answer; as JSON when that was asked for. */
    int refused(HubClient.Answer answer) {
        if (json()) {
            Print.json(out(), answer);
            return ExitCodes.REFUSED;
        }
        return Print.refusal(err(), answer);
    }
}
