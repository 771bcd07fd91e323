package org.referralhub.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;

class NoticesTest {

    @Test
    void a_delivery_that_nobody_would_tell_the_ledger_of_fails() {
        Notices notices = new Notices(fieldSet -> true);
        assertThatIllegalStateException()
                .isThrownBy(() -> notices.add(new byte[0], GatheringContainerTest.POLICE, "d-1", null, 1, 4));
        notices.begin();
        notices.add(new byte[0], GatheringContainerTest.POLICE, "d-1", null, 1, 4);
        assertThat(notices.noted()).hasSize(1);
        notices.forget();
        assertThatIllegalStateException()
                .isThrownBy(() -> notices.add(new byte[0], GatheringContainerTest.POLICE, "d-2", null, 1, 4));
    }
}
