package org.referralhub.cli;

import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import org.referralhub.bench.BenchCommand;
import org.referralhub.configuration.ConfigurationException;
import org.referralhub.configuration.ConfigurationFault;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.TypeConversionException;

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
                .registerConverter(
                        OffsetDateTime.class, text -> read(text, OffsetDateTime::parse, "2026-11-22T08:00:00+08:00"))
                .registerConverter(LocalDate.class, text -> read(text, LocalDate::parse, "2026-11-22"))
                .registerConverter(YearMonth.class, text -> read(text, YearMonth::parse, "2026-11"))
                .setExecutionExceptionHandler((failure, line, parsed) -> explain(failure, line));
    }

    private static <T> T read(String text, Function<String, T> form, String example) {
        try {
            return form.apply(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("'" + text + "' is not written as " + example);
        }
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
