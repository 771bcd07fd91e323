package org.referralhub.disclosure;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.TestAgencies;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.FieldSet;

/** What is recorded of a disclosure is what the recipient sees: every field by its name, and no other. */
class WhatWasShownTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LIMITED = " (limited)";
    private static final Disclosure DISCLOSURE = Disclosure.load(new HubHome(Path.of("")), new Faults());
    /** What a message cannot do without stands in it whether or not anything was disclosed. */
    private static final Set<String> STANDS_IN = Set.of("/body/concerns/*", "/body/text", "/body/reason");

    private static List<ObjectNode> messages() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("schemas/canonical/samples/accepted"))) {
            List<Path> canonical = files.filter(file -> file.toString().endsWith(".canonical.json"))
                    .sorted()
                    .toList();
            List<ObjectNode> messages = new java.util.ArrayList<>();
            for (Path file : canonical) {
                messages.add((ObjectNode) JSON.readTree(file.toFile()));
            }
            return messages;
        }
    }

    private static void leaves(JsonNode node, String pointer, Set<String> found) {
        if (node.isObject()) {
            for (Map.Entry<String, JsonNode> field : node.properties()) {
                leaves(field.getValue(), pointer + "/" + field.getKey(), found);
            }
        } else if (node.isArray()) {
            node.forEach(item -> leaves(item, pointer + "/*", found));
        } else if (!node.isNull()) {
            found.add(pointer);
        }
    }

    @Test
    void every_field_that_a_recipient_gets_is_named_and_no_other() throws IOException {
        int compared = 0;
        for (ObjectNode message : messages()) {
            for (AgencyKind kind : AgencyKind.values()) {
                Projection projection = DISCLOSURE.project(message, TestAgencies.agency("agency-1", kind));
                Set<String> got = new TreeSet<>();
                leaves(projection.canonical(), "", got);
                Set<String> named = projection.shown().names().stream()
                        .map(name -> name.replace(LIMITED, ""))
                        .collect(Collectors.toCollection(TreeSet::new));
                got.removeIf(field -> STANDS_IN.contains(field) && !named.contains(field));

                assertThat(named)
                        .as(message.path("messageType").asText() + " for " + kind)
                        .isEqualTo(got);
                compared += got.size();
            }
        }
        assertThat(compared).isGreaterThan(1_000);
    }

    @Test
    void what_is_less_than_the_value_is_told_apart_and_no_value_is_in_a_name() throws IOException {
        ObjectNode message = (ObjectNode) JSON.readTree("""
                {"messageType": "REQUEST", "messageId": "m-1", "referralId": "r-1",
                 "body": {"urgency": "URGENT", "concerns": ["NEGLECT"],
                          "child": {"givenName": "Тэмүүлэн", "registerNo": "УЮ13320824", "birthDate": "2013-12-08"}}}
                """);

        FieldSet school = DISCLOSURE
                .project(message, TestAgencies.agency("school-1", AgencyKind.SCHOOL))
                .shown();
        FieldSet police = DISCLOSURE
                .project(message, TestAgencies.agency("police-1", AgencyKind.POLICE))
                .shown();

        assertThat(school).isNotEqualTo(police);
        assertThat(police.names()).contains("/body/child/registerNo", "/body/child/givenName");
        assertThat(school.names()).doesNotContain("/body/child/registerNo");
        assertThat(String.join(" ", police.names())).doesNotContain("УЮ13320824", "Тэмүүлэн", "2013");
        assertThat(Stream.of(AgencyKind.values())
                        .flatMap(kind ->
                                DISCLOSURE
                                        .project(message, TestAgencies.agency("agency-1", kind))
                                        .shown()
                                        .names()
                                        .stream()))
                .contains("/body/child/birthDate" + LIMITED);
    }

    @Test
    void the_same_fields_are_the_same_set_whatever_they_hold() throws IOException {
        ObjectNode one = (ObjectNode) JSON.readTree(
                "{\"messageType\": \"REQUEST\", \"messageId\": \"a\", \"body\": {\"urgency\": \"URGENT\"}}");
        ObjectNode other = (ObjectNode) JSON.readTree(
                "{\"messageType\": \"REQUEST\", \"messageId\": \"b\", \"body\": {\"urgency\": \"ROUTINE\"}}");

        FieldSet first = DISCLOSURE
                .project(one, TestAgencies.agency("police-1", AgencyKind.POLICE))
                .shown();

        assertThat(DISCLOSURE
                        .project(other, TestAgencies.agency("police-2", AgencyKind.POLICE))
                        .shown())
                .isEqualTo(first);
        assertThat(FieldSet.of(first.names())).isEqualTo(first);
    }

    @Test
    void whoever_must_not_learn_of_it_is_recorded_with_what_it_takes_to_route() throws IOException {
        ObjectNode message = (ObjectNode) JSON.readTree("""
                {"messageType": "REQUEST", "messageId": "m-1", "referralId": "r-1",
                 "body": {"urgency": "URGENT", "child": {"givenName": "Тэмүүлэн"},
                          "consent": {"withholdFrom": ["POLICE"]}}}
                """);

        assertThat(DISCLOSURE
                        .project(message, TestAgencies.agency("police-1", AgencyKind.POLICE))
                        .shown()
                        .names())
                .contains("/messageId")
                .noneMatch(name -> name.startsWith("/body/child"));
    }
}
