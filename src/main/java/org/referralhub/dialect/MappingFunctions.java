package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.schibsted.spt.data.jslt.Function;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Places;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Text;

/** What mappings may call beside JSLT's own functions. None fails: what can't be answered is null. */
final class MappingFunctions {
    @FunctionalInterface
    private interface Body {
        JsonNode call(JsonNode[] arguments);
    }

    private record Named(String name, int arguments, Body body) implements Function {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public int getMinArguments() {
            return arguments;
        }

        @Override
        public int getMaxArguments() {
            return arguments;
        }

        @Override
        public JsonNode call(JsonNode input, JsonNode[] given) {
            return body.call(given);
        }
    }

    private static final List<ZoneId> ZONES = List.of(ZoneId.of("Asia/Ulaanbaatar"), ZoneId.of("Asia/Hovd"));
    private static final DateTimeFormatter MINUTES = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm");

    private MappingFunctions() {}

    static List<Function> all(CodeLists codeLists, Places places) {
        return List.of(
                new Named(
                        "reference",
                        1,
                        given -> given[0].isTextual()
                                ? TextNode.valueOf(Identifiers.reference(given[0].textValue()))
                                : NullNode.instance),
                new Named(
                        "code-label",
                        3,
                        given -> given[0].isTextual()
                                        && given[1].isTextual()
                                        && codeLists.contains(given[0].textValue(), given[1].textValue())
                                ? language(codeLists.label(given[0].textValue(), given[1].textValue()), given[2])
                                : NullNode.instance),
                new Named("local-time", 1, given -> localTime(given[0].asText())),
                new Named(
                        "code-of",
                        2,
                        given -> given[0].isTextual() && given[1].isTextual()
                                ? codeLists
                                        .codeOf(given[0].textValue(), given[1].textValue())
                                        .<JsonNode>map(TextNode::valueOf)
                                        .orElse(NullNode.instance)
                                : NullNode.instance),
                new Named("place-name", 2, given -> places.find(given[0].isTextual() ? given[0].textValue() : null)
                        .map(place -> language(place.name(), given[1]))
                        .orElse(NullNode.instance)));
    }

    /**
     * A moment by the clocks of the country, as {@code 2026-11-20T01:30}; null for what is none, a date alone for example. A
     * time that was written by a clock of the country, of either of its zones, stays as it was written.
     */
    private static JsonNode localTime(String moment) {
        try {
            OffsetDateTime written = OffsetDateTime.parse(moment);
            boolean here = ZONES.stream()
                    .anyMatch(zone ->
                            zone.getRules().getOffset(written.toInstant()).equals(written.getOffset()));
            return TextNode.valueOf(MINUTES.format(here ? written : written.atZoneSameInstant(ZONES.get(0))));
        } catch (DateTimeException e) {
            return NullNode.instance;
        }
    }

    private static JsonNode language(Text text, JsonNode language) {
        return TextNode.valueOf("en".equals(language.asText()) ? text.en() : text.mn());
    }
}
