package org.referralhub.disclosure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the value of one field becomes what a recipient may see of it. */
@FunctionalInterface
interface Reduction {
    /**
     * What a text becomes of which a recipient may only know that it exists. It stands in for texts that a message must
     * have, so that the message stays whole.
     */
    TextNode NOTICE = TextNode.valueOf(
            "Танай байгууллагад дэлгэрэнгүйг мэдээлэхгүй. / Details are not disclosed to your agency.");

    /** The value as it is. */
    Reduction KEEP = value -> value;

    /** Nothing. */
    Reduction DROP = value -> null;

    Pattern ONLY = Pattern.compile("only\\(([A-Z0-9_|]+)\\)(?:else\\(([A-Z0-9_]+)\\))?");

    /** The reduced value; null when nothing is left. */
    @Nullable
    JsonNode apply(JsonNode value);

    /** The reduction that the file names so. Empty when there is none of that name. */
    static Optional<Reduction> named(String name) {
        return switch (name) {
            case "keep" -> Optional.of(KEEP);
            case "drop" -> Optional.of(DROP);
            case "notice" -> Optional.of(value -> NOTICE);
            case "year" -> Optional.of(Reduction::year);
            case "initials" -> Optional.of(Reduction::initials);
            case "last-four" -> Optional.of(Reduction::lastFour);
            default -> only(name);
        };
    }

    /** Codes that may pass as they are, and what the others become. */
    private static Optional<Reduction> only(String name) {
        Matcher matcher = ONLY.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Set<String> codes = Set.of(matcher.group(1).split("\\|"));
        String other = matcher.group(2);
        JsonNode otherwise = other == null ? null : TextNode.valueOf(other);
        return Optional.of(value -> codes.contains(value.asText()) ? value : otherwise);
    }

    private static @Nullable JsonNode year(JsonNode value) {
        String date = value.asText();
        return date.length() < 4 ? null : TextNode.valueOf(date.substring(0, 4));
    }

    private static @Nullable JsonNode initials(JsonNode value) {
        StringBuilder initials = new StringBuilder();
        for (String part : value.asText().strip().split("\\s+")) {
            if (!part.isEmpty()) {
                initials.appendCodePoint(part.codePointAt(0)).append('.');
            }
        }
        return initials.isEmpty() ? null : TextNode.valueOf(initials.toString());
    }

    /** Enough to hold against the child's papers, too little to look the child up. */
    private static @Nullable JsonNode lastFour(JsonNode value) {
        String text = value.asText();
        int hidden = text.length() - 4;
        return hidden < 4 ? null : TextNode.valueOf("*".repeat(hidden) + text.substring(hidden));
    }
}
