package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.web.servlet.FlashMap;
import org.springframework.web.servlet.support.SessionFlashMapManager;

/**
 * Keeps what became of an order for the page that the reader opens next.
 *
 * <p>An order changes the desk, so an open page asks for its new state while the answer to the order is still on its
 * way. That request is for the same address as the answer's, shows only a part of the page, and must not use up the
 * notice: the reader would never learn whether the order was carried out.
 */
final class NoticeKeeper extends SessionFlashMapManager {
    @Override
    protected boolean isFlashMapForRequest(FlashMap kept, HttpServletRequest request) {
        return request.getHeader("HX-Request") == null && super.isFlashMapForRequest(kept, request);
    }
}
