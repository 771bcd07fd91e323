package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;
import org.springframework.web.servlet.FlashMap;

class NoticeKeeperTest {
    private final NoticeKeeper keeper = new NoticeKeeper();
    private final MockHttpSession session = new MockHttpSession();

    private MockHttpServletRequest request(String method) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, "/desk/letters/1");
        request.setSession(session);
        return request;
    }

    private Map<String, Object> seen(MockHttpServletRequest request) {
        return keeper.retrieveAndUpdate(request, new MockHttpServletResponse());
    }

    @Test
    void a_page_that_renews_itself_in_between_leaves_the_notice_to_the_answer() {
        FlashMap kept = new FlashMap();
        kept.put(Notice.NAME, Notice.of("good", "order.done"));
        kept.setTargetRequestPath("/desk/letters/1");
        keeper.saveOutputFlashMap(kept, request("POST"), new MockHttpServletResponse());

        MockHttpServletRequest renewal = request("GET");
        renewal.addHeader("HX-Request", "true");
        assertThat(seen(renewal)).isNull();

        assertThat(seen(request("GET"))).containsKey(Notice.NAME);
        assertThat(seen(request("GET"))).isNull();
    }
}
