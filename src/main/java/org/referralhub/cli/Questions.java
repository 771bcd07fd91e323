package org.referralhub.cli;

import java.io.PrintWriter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Takes a value from its option or, when there is somebody to ask, from the terminal; either is looked at the same way. */
final class Questions {
    private final CommandLine command;
    private final @Nullable Function<String, @Nullable String> terminal;

    /** @param terminal shows a prompt and reads a line, null at its end; itself null when nobody is there to be asked */
    Questions(CommandLine command, @Nullable Function<String, @Nullable String> terminal) {
        this.command = command;
        this.terminal = terminal;
    }

    /** What a person may be asked. */
    interface Rule {
        /** What is wrong with a value and what to do about it, or null. */
        @Nullable
        String objection(String value);
    }

    /**
     * A value that must be there.
     *
     * @param given what the option said, or null
     * @param option as it is written, for the message when nobody can be asked
     * @param question what to ask
     * @param fallback what an empty answer means; null when there must be one
     * @throws ParameterException when it is missing or not allowed and nobody can be asked
     */
    String ask(@Nullable String given, String option, String question, @Nullable String fallback, Rule rule) {
        String decided = given != null ? given : terminal == null ? fallback : null;
        if (decided != null) {
            String objection = rule.objection(decided);
            if (objection != null) {
                throw new ParameterException(command, option + ": " + objection);
            }
            return decided;
        }
        if (terminal == null) {
            throw new ParameterException(command, "Missing " + option + ": " + question + ".");
        }
        PrintWriter out = command.getOut();
        while (true) {
            out.flush();
            String answer = terminal.apply(question + (fallback == null ? ": " : " [" + fallback + "]: "));
            if (answer == null && fallback == null) {
                throw new ParameterException(command, "No answer. Give it as " + option + ".");
            }
            String value = answer == null ? "" : answer.strip();
            if (value.isEmpty() && fallback != null) {
                value = fallback;
            }
            String objection = rule.objection(value);
            if (objection == null) {
                return value;
            }
            out.println("  " + objection);
        }
    }
}
