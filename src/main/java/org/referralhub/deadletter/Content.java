package org.referralhub.deadletter;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;

/**
 * What a letter holds, as a caller may see it.
 *
 * @param dialect the format it is read in; null when nobody knows it
 * @param mediaType what it is, as far as the hub can say
 * @param bytes how long it is
 * @param sha256 digest of its bytes, by which a sender can tell which document is meant; lower-case hex
 * @param root the document; null when it can't be read, and then nothing of it is shown
 * @param findings what the checks say, with pointers as the fields have them; of an unreadable document where it breaks
 */
public record Content(
        @Nullable String dialect,
        String mediaType,
        int bytes,
        String sha256,
        @Nullable Field root,
        List<Finding> findings) {
    public Content {
        findings = List.copyOf(findings);
    }

    /** Without what it holds. */
    @Override
    public String toString() {
        return "Content[" + dialect + ", " + bytes + " bytes]";
    }
}
