package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.referralhub.broker.Broker.Activity;

/** When something was last taken from an inbox follows from counts that the broker keeps anyway. */
class InboxWatchTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final String INBOX = "agency.police.inbox";

    private final Broker broker = mock(Broker.class);

    @Test
    void what_was_taken_before_the_first_look_has_no_time_and_what_is_taken_later_has() {
        try (InboxWatch watch = new InboxWatch(broker, Clock.fixed(NOW, ZoneOffset.UTC))) {
            seen(watch, new Activity(3, 7, 0));
            assertThat(watch.lastTaken(INBOX)).isEmpty();
            assertThat(watch.activity()).containsEntry(INBOX, new Activity(3, 7, 0));

            seen(watch, new Activity(4, 7, 1));
            assertThat(watch.lastTaken(INBOX)).isEmpty();

            seen(watch, new Activity(3, 8, 1));
            assertThat(watch.lastTaken(INBOX)).contains(NOW);
        }
    }

    @Test
    void a_broker_that_began_anew_has_not_had_anything_taken_from_it() {
        try (InboxWatch watch = new InboxWatch(broker, Clock.fixed(NOW, ZoneOffset.UTC))) {
            seen(watch, new Activity(3, 7, 0));
            seen(watch, new Activity(3, 0, 0));
            assertThat(watch.lastTaken(INBOX)).isEmpty();
            seen(watch, new Activity(2, 1, 0));
            assertThat(watch.lastTaken(INBOX)).contains(NOW);
        }
    }

    private void seen(InboxWatch watch, Activity activity) {
        when(broker.activity()).thenReturn(Map.of(INBOX, activity));
        watch.look();
    }
}
