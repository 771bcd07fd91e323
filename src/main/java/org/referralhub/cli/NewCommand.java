package org.referralhub.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Writes what a new office, format, courier or collector begins with. */
@Command(
        name = "new",
        mixinStandardHelpOptions = true,
        description = {
            "Write the files of a new office or a new data format, or the courier or collector of an office there is, with",
            "comments; check them, and say what to do next. Asks for what no option says; --yes asks nothing. Never",
            "overwrites what is there, and leaves nothing behind that has a fault."
        },
        subcommands = {NewAgencyCommand.class, NewDialectCommand.class, NewCourierCommand.class, NewCollectorCommand.class})
final class NewCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine().usage(spec.commandLine().getOut());
        return ExitCodes.OK;
    }
}
