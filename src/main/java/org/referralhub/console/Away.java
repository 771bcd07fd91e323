package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

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
            response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
        } else {
            response.sendRedirect(login);
        }
    }
}
