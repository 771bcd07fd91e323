package org.referralhub.message;

import java.util.List;

/**
 * What one recipient is not shown of a message: names of groups of fields, and nothing of what stands in them.
 *
 * @param whole groups of which nothing is shown
 * @param partly groups of which something is shown
 */
public record Withheld(List<Text> whole, List<Text> partly) {
    /** The recipient is shown everything. */
    public static final Withheld NOTHING = new Withheld(List.of(), List.of());

    public Withheld {
        whole = List.copyOf(whole);
        partly = List.copyOf(partly);
    }

    /** The same for somebody who is not shown the groups of the other either, and does not even learn that they are there. */
    public Withheld without(Withheld other) {
        return new Withheld(
                whole.stream().filter(group -> !other.whole.contains(group)).toList(),
                partly.stream().filter(group -> !other.whole.contains(group)).toList());
    }
}
