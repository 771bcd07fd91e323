package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Rehearsals that somebody has begun. */
@Command(
        name = "rehearsal",
        description = "Rehearsals of the last hour, what they tell, and ending one; to begin one: rehearse.",
        subcommands = {RehearsalCommand.ListAll.class, RehearsalCommand.Show.class, RehearsalCommand.Cancel.class})
final class RehearsalCommand extends CommandGroup {
    private static final String PATH = "/dead-letters/rehearsals";

    /** Those of the last hour. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List the rehearsals of the last hour on this node, the latest first.")
    static final class ListAll extends ClientCommand {
        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get(PATH);
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
                return ExitCodes.OK;
            }
            for (JsonNode one : answer.json()) {
                out().println("%s  %-9s %s of %s  %s  since %s"
                        .formatted(
                                Print.text(one, "id"),
                                Print.text(one, "state"),
                                Print.text(one, "tried"),
                                Print.text(one, "letters"),
                                Print.text(one, "actor"),
                                Print.text(one, "askedAt")));
            }
            return ExitCodes.OK;
        }
    }

    /** What it tells of its letters. */
    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show where a rehearsal stands and what would become of its letters.")
    static final class Show extends ClientCommand {
        @Parameters(index = "0", paramLabel = "REHEARSAL", description = "The rehearsal.")
        private String id = "";

        @Mixin
        private RehearsalPage page = new RehearsalPage();

        @Option(
                names = "--after",
                paramLabel = "NUMBER",
                defaultValue = "0",
                description = "Go on where the page before has ended.")
        private int after;

        @Override
        int call(HubClient hub) {
            HubClient.Answer answer = hub.get(PATH + '/' + HubClient.encode(id) + page.query() + "&after=" + after);
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), answer);
            } else {
                RehearsalPage.print(out(), answer.json());
            }
            return ExitCodes.OK;
        }
    }

    /** Ends. */
    @Command(
            name = "cancel",
            mixinStandardHelpOptions = true,
            description = "End a rehearsal; what it has told by then can still be read.")
    static final class Cancel extends ClientCommand {
        @Parameters(index = "0", paramLabel = "REHEARSAL", description = "The rehearsal.")
        private String id = "";

        @Override
        int call(HubClient hub) {
            String path = PATH + '/' + HubClient.encode(id);
            HubClient.Answer answer = hub.delete(path);
            if (!answer.good()) {
                return refused(answer);
            }
            if (json()) {
                Print.json(out(), hub.get(path + "?size=0"));
            } else {
                out().println("It has ended.");
            }
            return ExitCodes.OK;
        }
    }
}
