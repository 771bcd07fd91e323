package org.referralhub.message;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * Which fields of a message somebody was shown: names, never values. Many messages show the same, so that a set has a name of
 * its own, by which it is recorded.
 *
 * @param id follows from the names: the same set has the same one everywhere
 * @param names pointers into the canonical message in order, with {@code *} for each item of a list; followed by {@code
 *     (limited)} where something less than the value was shown
 */
public record FieldSet(String id, List<String> names) {
    /** No field. */
    public static final FieldSet NONE = of(List.of());

    private static final int ID = 16;

    public FieldSet {
        names = List.copyOf(names);
    }

    /** The set of these names. */
    public static FieldSet of(Collection<String> names) {
        List<String> ordered = names.stream().distinct().sorted().toList();
        byte[] text = String.join("\n", ordered).getBytes(StandardCharsets.UTF_8);
        return new FieldSet(Identifiers.digest(text).substring(0, ID), ordered);
    }
}
