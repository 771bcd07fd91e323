package org.referralhub.cli;

import org.referralhub.bench.BenchCommand;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.ConfigurationFault;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line {@code ./hub}. */
@Command(
        name = "hub",
        version = "Referral Hub 0.1.0",
        description = "Carries child-protection referrals between agencies, and the answers back.",
        footer = {"", "Exit codes: 0 done, 1 refused or faults found, 2 wrong usage, 3 hub not reachable."},
        subcommands = {
            RunCommand.class,
            CheckCommand.class,
            TryCommand.class,
            NewCommand.class,
            SendCommand.class,
            InboxCommand.class,
            TrackCommand.class,
            ConformanceCommand.class,
            DeadLettersCommand.class,
            AgenciesCommand.class,
            StatusCommand.class,
            ReloadCommand.class,
            ConfigurationCommand.class,
            BooksCommand.class,
            AuditCommand.class,
            RoutesCommand.class,
            AlarmsCommand.class,
            UsersCommand.class,
            CountsCommand.class,
            PlacesCommand.class,
            BenchCommand.class
        })
public final class Hub extends CommandGroup {
    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Hub())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, parsed) -> explain(failure, line));
    }

    private static int explain(Exception failure, CommandLine line) throws Exception {
        if (failure instanceof HubUnreachableException) {
            line.getErr().println(failure.getMessage());
            return ExitCodes.UNREACHABLE;
        }
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConfigurationException faults) {
                for (ConfigurationFault fault : faults.faults()) {
                    line.getErr().println(fault);
                }
                return ExitCodes.REFUSED;
            }
        }
        throw failure;
    }
}
