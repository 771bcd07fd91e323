package org.referralhub.cli;

import java.time.YearMonth;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Figures for the authority. */
@Command(
        name = "counts",
        mixinStandardHelpOptions = true,
        description = {
            "Count the referrals of some months and what became of them, for auditors and administrators; as CSV.",
            "A figure that only few referrals stand behind is *, and so are others that it would follow from."
        })
final class CountsCommand extends ClientCommand {
    @Option(names = "--from", paramLabel = "MONTH", description = "First month, 2026-10; this one when it is missing.")
    private @Nullable YearMonth from;

    @Option(names = "--to", paramLabel = "MONTH", description = "Last month; the first when it is missing.")
    private @Nullable YearMonth to;

    @Option(
            names = "--by",
            defaultValue = "",
            paramLabel = "WHAT",
            description = "Up to three of aimag, soum, kind, concern, urgency and month, with commas.")
    private String by = "";

    @Override
    int call(HubClient hub) {
        YearMonth first = from == null ? YearMonth.now(ZoneId.of("Asia/Ulaanbaatar")) : from;
        YearMonth last = to == null ? first : to;
        HubClient.Answer answer = hub.get("/counts?from=" + first + "&to=" + last + "&by=" + HubClient.encode(by)
                + (json() ? "" : "&format=csv"));
        if (!answer.good()) {
            return refused(answer);
        }
        if (json()) {
            Print.json(out(), answer);
        } else {
            out().print(answer.body());
            out().flush();
        }
        return ExitCodes.OK;
    }
}
