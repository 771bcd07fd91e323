package org.referralhub.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NoticeTest {

    @Test
    void what_was_written_is_read_again() {
        List<Notice> notices =
                List.of(new Notice("d-1", "police-bzd", "consent", 2, "ab"), new Notice("d-2", null, null, 1, null));
        assertThat(Notice.of(Notice.toBytes(notices))).isEqualTo(notices);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "[null]", "[{\"attempts\":1}]", "{\"delivery\":\"Болормаа\"}", "[{\"Болормаа\":1}]"})
    void what_is_no_notice_is_refused_without_repeating_it(String body) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Notice.of(body.getBytes(StandardCharsets.UTF_8)))
                .withNoCause()
                .withMessageNotContaining("Болормаа");
    }
}
