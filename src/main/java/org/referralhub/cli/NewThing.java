package org.referralhub.cli;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.HubHome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** One thing that {@code ./hub new} makes: its questions, its files with their check, and what to do next. */
@Command(
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:written, checked and sound", "1:it would have a fault; nothing was written", "2:wrong usage"
        })
abstract class NewThing implements Callable<Integer> {
    static final Questions.Rule AGENCY_ID =
            value -> value.matches("[a-z0-9-]{2,64}") ? null : "An id is 2 to 64 of a-z, 0-9 and hyphen.";
    static final Questions.Rule TITLE =
            value -> value.isBlank() || value.length() > 200 ? "It has 1 to 200 letters." : null;

    private final @Nullable Function<String, @Nullable String> terminal;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private NewOptions options = new NewOptions();

    /** @param terminal shows a prompt and reads a line; null when nobody is there */
    NewThing(@Nullable Function<String, @Nullable String> terminal) {
        this.terminal = terminal;
    }

    /**
     * Asks what no option says and names the files.
     *
     * @return what to do next, step by step; further lines of a step are commands
     */
    abstract List<String> plan(HubHome home, Questions questions, NewFiles files) throws IOException;

    @Override
    public final Integer call() throws IOException {
        HubHome home = options.home();
        NewFiles files = new NewFiles(home, spec.commandLine());
        List<String> next = plan(home, options.questions(spec.commandLine(), terminal), files);
        if (!files.write(options.demo())) {
            return ExitCodes.REFUSED;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        out.println("What next:");
        for (int i = 0; i < next.size(); i++) {
            out.println("  " + (i + 1) + ". " + next.get(i).replace("\n", "\n     "));
        }
        return ExitCodes.OK;
    }

    /** True when the demo's agencies take part. */
    boolean demo() {
        return options.demo();
    }

    CommandSpec spec() {
        return spec;
    }

    ParameterException wrong(String told) {
        return new ParameterException(spec.commandLine(), told);
    }

    /** The step by which a hub comes to know what was written. */
    String takeOver() {
        return "A hub that runs takes it over by itself a moment after the files were written. See that it did:\n"
                + "./hub reload --as " + (demo() ? "integrator   # with HUB_SECRET=demo-integrator" : "USER")
                + "\nIf none runs: ./hub run" + (demo() ? " --demo" : "");
    }

    /** Whatever JSON quotes, YAML reads. */
    static String quoted(String value) {
        return '"' + String.valueOf(JsonStringEncoder.getInstance().quoteAsString(value)) + '"';
    }
}
