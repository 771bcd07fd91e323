package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.referralhub.deadletter.DeskFilter;
import org.referralhub.deadletter.LetterState;
import org.referralhub.deadletter.Selection;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/** What the forms of the desk say. */
class DeskQueryTest {
    @Test
    void every_filter_of_the_desk_can_be_set_and_stands_in_the_address() {
        DeskQuery query = DeskQuery.of(Map.of(
                "state", "ANY", "referral", "RF-1", "since", "2026-11-22T10:00", "due-before", "2026-11-22T10:00:00Z"));
        DeskFilter filter = query.filter();
        assertThat(filter.state()).isNull();
        assertThat(filter.referral()).isEqualTo("RF-1");
        assertThat(filter.since()).isEqualTo(Instant.parse("2026-11-22T02:00:00Z"));
        assertThat(filter.dueBefore()).isEqualTo(Instant.parse("2026-11-22T10:00:00Z"));
        assertThat(query.local("due-before")).isEqualTo("2026-11-22T18:00");
        assertThat(query.address("x")).contains("referral=RF-1", "since=2026-11-22T10%3A00", "after=x");
        assertThat(query.narrows()).isTrue();
    }

    @Test
    void what_does_not_exist_is_taken_for_none() {
        DeskQuery query = DeskQuery.of(
                Map.of("state", "GONE", "urgency", "x", "since", "noon", "cause", "  ", "color", "red", "after", "1"));
        assertThat(query.given()).isEmpty();
        assertThat(query.filter().state()).isEqualTo(LetterState.OPEN);
        assertThat(query.narrows()).isFalse();
    }

    @Test
    void a_form_means_a_group_or_what_is_chosen_or_what_a_search_finds() {
        assertThat(RunPages.selection(form("group", "g-1"))).isEqualTo(new Selection(null, "g-1", null));
        MultiValueMap<String, String> chosen = form("letters", "l-1:3");
        chosen.add("letters", "l-2:0");
        assertThat(RunPages.selection(chosen)).isEqualTo(Selection.of(List.of("l-1", "l-2")));
        assertThat(RunPages.selection(form("where.recipient", "police")))
                .isEqualTo(new Selection(null, null, Map.of("recipient", "police")));
    }

    private static MultiValueMap<String, String> form(String name, String value) {
        MultiValueMap<String, String> form = new LinkedMultiValueMap<>();
        form.add("reason", "why");
        form.add(name, value);
        return form;
    }
}
