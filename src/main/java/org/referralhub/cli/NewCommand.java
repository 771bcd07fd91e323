package org.referralhub.cli;

import picocli.CommandLine.Command;

/** Writes what a new office, format, courier or collector begins with. */
@Command(
        name = "new",
        description = {
            "Write the files of a new office or a new data format, or the courier or collector of an office there "
                    + "is, with comments; check them, and say what to do next.",
            "Asks for what no option says; --yes asks nothing. Never overwrites what is there, and leaves nothing "
                    + "behind that has a fault."
        },
        subcommands = {
            NewAgencyCommand.class,
            NewDialectCommand.class,
            NewCourierCommand.class,
            NewCollectorCommand.class
        })
final class NewCommand extends CommandGroup {}
