package org.referralhub.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.schibsted.spt.data.jslt.Expression;
import com.schibsted.spt.data.jslt.Parser;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProvenanceTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final Mapping MAPPING = mapping("""
            let urgencies = {"now": "IMMEDIATE", "later": "ROUTINE"}
            if (.kind == "CALL")
              {
                "messageId": .id,
                "body": {
                  "urgency": get-key($urgencies, .how.fast),
                  "child": {
                    "givenName": .who.first,
                    "sex": if (.who.girl) "FEMALE" else "MALE",
                    "birthDate": join([string(.who.y), string(.who.m)], "-")
                  },
                  "callbackPhone": fallback(.phone, .other_phone),
                  "concerns": [for (.problems) uppercase(.code)],
                  "narrative": .story
                }
              }
            else {"messageId": .id}
            """);

    private static final String DOCUMENT = """
            {"kind": "CALL", "id": "7", "how": {"fast": "now", "far": "now"},
             "who": {"first": "А", "girl": true, "y": 2015, "m": 11}, "other_phone": "99112233",
             "problems": [{"code": "neglect", "since": 3}, {"code": "other", "since": 3}], "story": "А"}
            """;

    @Test
    void finds_the_field_behind_copies_tables_conditions_lists_and_fallbacks() {
        assertThat(source("/messageId")).isEqualTo("/id");
        assertThat(source("/body/urgency")).isEqualTo("/how/fast");
        assertThat(source("/body/child/givenName")).isEqualTo("/who/first");
        assertThat(source("/body/child/sex")).isEqualTo("/who/girl");
        assertThat(source("/body/child/birthDate")).isEqualTo("/who/y");
        assertThat(source("/body/callbackPhone")).isEqualTo("/other_phone");
        assertThat(source("/body/concerns/0")).isEqualTo("/problems/0/code");
        assertThat(source("/body/concerns/1")).isEqualTo("/problems/1/code");
        assertThat(source("/body/narrative")).isEqualTo("/story");
    }

    @Test
    void what_is_missing_is_sought_where_its_parent_comes_from() {
        Provenance provenance = provenance();
        assertThat(provenance.of("/body/child/nothing").exact()).isFalse();
        assertThat(provenance.of("/body/child/nothing").pointer()).startsWith("/who");
        assertThat(provenance.of("/nothing")).isEqualTo(new Provenance.Source("", false));
    }

    @Test
    void a_value_used_twice_is_traced_to_the_field_that_says_it_in_the_same_words() {
        Mapping twice = mapping("{\"a\": .x + \"-\" + .y, \"b\": .y}");
        JsonNode document = tree("{\"x\": \"1\", \"y\": \"2\"}");
        assertThat(new Provenance(twice, document, twice.apply(document))
                        .of("/b")
                        .pointer())
                .isEqualTo("/y");
    }

    @Test
    void the_number_of_runs_is_bounded() {
        StringBuilder json = new StringBuilder("{\"list\": [");
        for (int i = 0; i < 200; i++) {
            json.append(i == 0 ? "" : ",").append("\"v").append(i).append('"');
        }
        int[] runs = {0};
        Mapping copy = tree -> {
            runs[0]++;
            return tree.path("list").isArray() ? Tree.with(tree("{}"), "/out", tree.path("list")) : tree("{}");
        };
        JsonNode document = tree(json.append("]}").toString());
        Provenance provenance = new Provenance(copy, document, copy.apply(document));
        assertThat(provenance.of("/out/190").pointer()).isEqualTo("/list/190");
        for (int i = 0; i < 190; i++) {
            provenance.of("/out/" + i);
        }
        assertThat(runs[0]).isLessThanOrEqualTo(Provenance.MOST_RUNS + 10);
    }

    @Test
    void a_document_of_many_values_is_not_run_through_the_mapping_again_and_again() {
        int values = 20_000;
        StringBuilder json = new StringBuilder("{\"list\": [\"\"");
        for (int i = 1; i < values; i++) {
            json.append(",\"v").append(i).append('"');
        }
        int[] runs = {0};
        Mapping copy = tree -> {
            runs[0]++;
            return tree.path("list").isArray() ? Tree.with(tree("{}"), "/out", tree.path("list")) : tree("{}");
        };
        JsonNode document = tree(json.append("]}").toString());
        Provenance provenance = new Provenance(copy, document, copy.apply(document));
        for (int i = 0; i < 200; i++) {
            provenance.of("/out/" + i);
            provenance.feeds("/list/" + i, "/out/" + i);
        }
        assertThat((long) runs[0] * values).isLessThanOrEqualTo(Provenance.MOST_WORK + values);
    }

    @Test
    void a_mapping_that_stops_is_led_around_what_it_stops_at() {
        Mapping stops = mapping("{\"a\": number(.x.n), \"b\": .y, \"c\": [for (.list) number(.)]}");
        Provenance.Remainder remainder = Provenance.remainder(
                stops,
                tree("{\"x\": {\"n\": \"secret\", \"m\": 1}, \"y\": \"kept\", \"list\": [\"1\", \"secret\", \"3\"]}"));
        assertThat(remainder).isNotNull();
        assertThat(remainder.culprits()).isEqualTo(List.of("/x/n", "/list/1"));
        assertThat(stops.apply(remainder.document()).path("b").asText()).isEqualTo("kept");
    }

    private static String source(String pointer) {
        Provenance.Source source = provenance().of(pointer);
        assertThat(source.exact()).isTrue();
        return source.pointer();
    }

    private static Provenance provenance() {
        JsonNode document = tree(DOCUMENT);
        return new Provenance(MAPPING, document, MAPPING.apply(document));
    }

    private static Mapping mapping(String jslt) {
        Expression expression = Parser.compileString(jslt);
        return tree -> {
            try {
                return expression.apply(tree);
            } catch (RuntimeException e) {
                throw new Mapping.Failure();
            }
        };
    }

    private static JsonNode tree(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
