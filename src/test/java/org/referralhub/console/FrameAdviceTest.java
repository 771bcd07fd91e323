package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.context.support.StaticMessageSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** Where a change of language or colours leads back to. */
class FrameAdviceTest {
    private final FrameAdvice advice = new FrameAdvice(new StaticMessageSource(), Clock.systemUTC(), mock(Live.class));

    @ParameterizedTest
    @CsvSource({"/referrals/search,/referrals", "/desk/letters/l-1/correct,/desk", "/login,/"})
    void what_answers_a_form_leads_back_to_its_section(String path, String back) {
        assertThat(advice.frame(new MockHttpServletRequest("POST", path)).back())
                .isEqualTo(back);
    }

    @Test
    void a_page_leads_back_to_itself_with_what_was_asked() {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/desk");
        request.setQueryString("q=x&page=2");
        assertThat(advice.frame(request).back()).isEqualTo("/desk?q=x&page=2");
    }
}
