package org.referralhub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Whether everything is accounted for. */
@Command(
        name = "books",
        mixinStandardHelpOptions = true,
        description = {
            "Show whether everything that was accepted is accounted for.",
            "owed = delivered + waiting + desk + withdrawn; exit code 1 when something does not agree."
        })
final class BooksCommand extends ClientCommand {
    private static final String LINE = "%-32s %9s %9s %9s %9s %9s";

    @Option(names = "--verify", description = "Count every row again; takes seconds for each million messages.")
    private boolean verify;

    @Override
    int call(HubClient hub) {
        HubClient.Answer answer = hub.get(verify ? "/books?verify=true" : "/books");
        if (!answer.good()) {
            return refused(answer);
        }
        JsonNode books = answer.json();
        if (json()) {
            Print.json(out(), answer);
        } else {
            out().println(LINE.formatted("agency", "owed", "delivered", "waiting", "desk", "withdrawn"));
            for (JsonNode account : books.path("byAgency")) {
                account(account, Print.text(account, "agency"));
            }
            account(books.path("total"), "all");
            out().println("%s messages accepted, %s refused, %s dead letters open."
                    .formatted(
                            Print.text(books, "acceptedMessages"),
                            Print.text(books, "refusedMessages"),
                            Print.text(books, "openLetters")));
            books.path("faults").forEach(fault -> out().println("  " + fault.asText()));
            out().println(books.path("balanced").asBoolean() ? "The books balance." : "The books do NOT balance.");
        }
        return books.path("balanced").asBoolean() ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private void account(JsonNode account, String name) {
        out().println(LINE.formatted(
                name,
                Print.text(account, "owed"),
                Print.text(account, "delivered"),
                Print.text(account, "waiting"),
                Print.text(account, "desk"),
                Print.text(account, "withdrawn")));
    }
}
