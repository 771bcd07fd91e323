package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;

/** Sends a browser to another page, whichever way it has asked. */
final class Away {
    private Away() {}

    /** @param why a word that the login page has a text for */
    static void toLogin(HttpServletRequest request, HttpServletResponse response, String why) throws IOException {
        String login = ConsoleSecurity.LOGIN + "?" + why;
        if (request.getHeader("HX-Request") != null) {
            // A part of a page can't be a login page.
            response.setHeader("HX-Redirect", login);
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        } else if (request.getRequestURI().startsWith(LiveController.PATH)) {
            String accepted = request.getHeader("Accept");
            if (accepted != null && accepted.contains(MediaType.TEXT_EVENT_STREAM_VALUE)) {
                // An open page that listens anew. A script can't see why it is refused, so it is told as if it had
                // listened.
                response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
                response.getOutputStream().print("event:" + Live.ENDED + "\ndata:" + Live.ENDED + "\n\n");
            } else {
                response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
            }
        } else {
            response.sendRedirect(login);
        }
    }
}
