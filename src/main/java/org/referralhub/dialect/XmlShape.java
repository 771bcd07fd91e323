package org.referralhub.dialect;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the tree of an XML document can't say: its namespace, and which elements are arrays.
 *
 * @param namespace of every element; empty for none
 * @param root where the paths of repeated elements begin
 */
record XmlShape(String namespace, Step root) {
    static final int MAX_DEPTH = 32;
    static final int MAX_ATTRIBUTES = 64;
    /** Of one document, as {@link JsonCodec#MAX_VALUES}. */
    static final int MAX_ELEMENTS = 4_000;

    /** One step of the paths of repeated elements. */
    static final class Step {
        private final Map<String, Step> next = new HashMap<>();
        private boolean repeated;

        /** The step to this element; null when no repeated element lies that way. */
        static @Nullable Step next(@Nullable Step step, String name) {
            return step == null ? null : step.next.get(name);
        }

        static boolean isRepeated(@Nullable Step step) {
            return step != null && step.repeated;
        }
    }

    /** A shape from paths such as {@code Referral/Concerns/Concern}. */
    static XmlShape of(String namespace, Collection<String> repeated) {
        Step root = new Step();
        for (String path : repeated) {
            Step step = root;
            for (String name : path.split("/", -1)) {
                step = step.next.computeIfAbsent(name, unused -> new Step());
            }
            step.repeated = true;
        }
        return new XmlShape(namespace, root);
    }
}
