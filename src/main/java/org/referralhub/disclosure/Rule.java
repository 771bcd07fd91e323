package org.referralhub.disclosure;

import java.util.List;
import java.util.Map;

/** What may be copied of one place in a message. A place without a rule is not copied. */
sealed interface Rule {

    /**
     * An object, of which these members may be copied.
     *
     * @param members rule by member name
     */
    record Members(Map<String, Rule> members) implements Rule {
        public Members {
            members = Map.copyOf(members);
        }
    }

    /**
     * An array, whose every item follows one rule.
     *
     * @param item the rule of each
     */
    record Items(Rule item) implements Rule {}

    /**
     * A single value. Never an object or an array: what is inside of those needs a rule of its own.
     *
     * @param reduction what becomes of it
     * @param conditional true when it may only be copied on a stated condition
     * @param group in which row of the file it stands, from 0
     * @param name as it is recorded that it was disclosed
     */
    record Value(Reduction reduction, boolean conditional, int group, String name) implements Rule {
        Value(Reduction reduction, boolean conditional, int group) {
            this(reduction, conditional, group, "");
        }

        /** The same rule for the field at this place. */
        Value at(List<String> path) {
            String limited = reduction == Reduction.KEEP ? "" : " (limited)";
            return new Value(reduction, conditional, group, "/" + String.join("/", path) + limited);
        }
    }
}
