package org.referralhub.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.PlacesFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The list of places. */
@Command(
        name = "places",
        description = "The administrative places that referrals may name.",
        subcommands = PlacesCommand.ImportPlaces.class)
final class PlacesCommand extends CommandGroup {
    /** Takes a list over. */
    @Command(
            name = "import",
            mixinStandardHelpOptions = true,
            description = {
                "Check a list of places and make it the hub's own (data/places.csv).",
                "Columns: code,parent,level,name_mn,iso_3166_2,time_zone. Nothing is taken over while there is a "
                        + "fault, unless --skip-faulty says so. A running hub takes it within seconds, if it fits."
            },
            exitCodeListHeading = "Exit codes:%n",
            exitCodeList = {
                "0:the list, or with --skip-faulty what is sound of it, was taken over",
                "1:nothing was taken over",
                "2:wrong usage"
            })
    static final class ImportPlaces implements Callable<Integer> {
        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before call()
        private CommandSpec spec;

        @Parameters(index = "0", paramLabel = "FILE", description = "The list, CSV in UTF-8.")
        private Path file = Path.of("");

        @Option(
                names = "--home",
                paramLabel = "DIR",
                description = "The hub's folder (default: the working directory).")
        private Path home = Path.of("");

        @Option(
                names = "--skip-faulty",
                description =
                        "Name the rows with a fault, leave them and the places in them out, and take over the others.")
        private boolean skipFaulty;

        @Override
        public Integer call() {
            PlacesFile.Imported imported = PlacesFile.importInto(file, Home.at(home), skipFaulty);
            for (ConfigurationFault fault : imported.faults()) {
                spec.commandLine().getErr().println(fault);
            }
            if (!imported.written()) {
                spec.commandLine()
                        .getErr()
                        .println("%d %s; nothing was taken over. %d places are sound."
                                .formatted(
                                        imported.faults().size(),
                                        imported.faults().size() == 1 ? "fault" : "faults",
                                        imported.places()));
                return ExitCodes.REFUSED;
            }
            int left = imported.faults().size();
            spec.commandLine()
                    .getOut()
                    .println("%d places taken over%s; a running hub uses them within seconds (./hub status)."
                            .formatted(
                                    imported.places(),
                                    left == 0
                                            ? ""
                                            : " without those of the %d %s above"
                                                    .formatted(left, left == 1 ? "fault" : "faults")));
            return ExitCodes.OK;
        }
    }
}
