package org.referralhub.disclosure;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.MessageType;

/**
 * A field of the canonical message as the file names it.
 *
 * @param type the message type whose body holds it; null for a field of the envelope, which every type has
 * @param path names from the body (or the message) inwards; {@code *} for each item of an array
 * @param limited what becomes of it for a kind with limited access
 */
record Field(@Nullable MessageType type, List<String> path, Reduction limited) {
    Field {
        path = List.copyOf(path);
    }
}
