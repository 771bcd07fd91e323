package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.APIResponse;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.referralhub.testing.Chromium;
import org.referralhub.testing.Chromium.View;
import org.referralhub.testing.Chromium.Visitor;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;

/** The frame of the console in a real browser: coming in, going out, and what every page has in common. */
class ConsoleIT {
    /** Pages with the operator who looks at them; every page of the console belongs in here. */
    private static final Map<String, String> PAGES = Map.of("/", "operator");

    private final RunningHub hub = RunningHub.shared();

    private Visitor visitor(View view) {
        return Chromium.shared().visitor(hub.url(), view);
    }

    private Visitor reader() {
        return visitor(new View("en", false, false));
    }

    static List<View> views() {
        return View.pairs();
    }

    @ParameterizedTest
    @MethodSource("views")
    void every_page_is_accessible_in_both_languages_themes_and_on_a_phone(View view) {
        try (Visitor visitor = visitor(view)) {
            visitor.open("/login").isClean().picture("login");
            visitor.signIn("operator");
            PAGES.forEach((page, operator) -> visitor.open(page).isClean().picture("page" + page.replace('/', '-')));
            visitor.open("/console/nothing").isClean().picture("fault");
        }
    }

    @Test
    void who_has_not_signed_in_is_led_to_the_login_and_back_to_the_page() {
        try (Visitor visitor = reader()) {
            visitor.open("/?from=mail");
            assertThat(visitor.page().url()).contains("/login");
            visitor.page().fill("input[name=username]", "operator");
            visitor.page().fill("input[name=password]", "demo-operator");
            visitor.page().keyboard().press("Enter");
            visitor.isLedTo(address -> address.endsWith("/?from=mail"));
            visitor.isClean();
        }
    }

    /** What is asked of every page: each kind of fault is seen where there is one. */
    @Test
    void a_page_that_is_not_clean_is_found_out() {
        try (Visitor visitor = reader()) {
            visitor.open("/login");
            visitor.page().evaluate("document.querySelector('main label span').remove()");
            assertThatThrownBy(visitor::isClean).hasMessageContaining("label: <input name=\"username\"");

            visitor.open("/login");
            visitor.page().evaluate("document.querySelector('main h1').style.color = '#cccccc'");
            assertThatThrownBy(visitor::isClean).hasMessageContaining("color-contrast: <h1");

            visitor.open("/login");
            visitor.page().evaluate("document.querySelector('main h1').style.width = '9999px'");
            assertThatThrownBy(visitor::isClean).hasMessageContaining("wider than the screen");
            visitor.open("/login").isClean();

            visitor.page().evaluate("console.error('something is amiss')");
            assertThatThrownBy(visitor::isClean).hasMessageContaining("console: something is amiss");
        }
    }

    @Test
    void agencies_and_wrong_secrets_do_not_come_in_and_too_many_tries_have_to_wait() {
        try (Visitor visitor = reader()) {
            visitor.open("/login");
            for (int tries = 0; tries < 7 && !visitor.page().url().contains("wait="); tries++) {
                visitor.page().fill("input[name=username]", "nobody-at-all");
                visitor.page().fill("input[name=password]", "wrong");
                visitor.page().click("main button.primary");
                assertThat(visitor.page().locator("main [role=alert]").textContent())
                        .isNotBlank();
            }
            assertThat(visitor.page().locator("main [role=alert]").textContent())
                    .contains("Too many wrong tries");
            visitor.page().fill("input[name=username]", "helpline-108");
            visitor.page().fill("input[name=password]", "demo-helpline-108");
            visitor.page().click("main button.primary");
            assertThat(visitor.page().locator("main [role=alert]").textContent())
                    .contains("wrong");
        }
    }

    @Test
    void logging_in_changes_the_session_and_logging_out_ends_it() {
        try (Visitor visitor = reader()) {
            visitor.open("/login");
            String before = session(visitor);
            visitor.signIn("auditor");
            String after = session(visitor);
            assertThat(after).isNotEqualTo(before);
            visitor.page().click(".who button");
            visitor.isLedTo(address -> address.contains("/login?out"));
            visitor.open("/");
            assertThat(visitor.page().url()).contains("/login");
        }
    }

    private static String session(Visitor visitor) {
        return visitor.page().context().cookies().stream()
                .filter(cookie -> cookie.name.equals("hub-session"))
                .peek(cookie -> assertThat(cookie.httpOnly).isTrue())
                .peek(cookie -> assertThat(cookie.sameSite.toString()).isEqualTo("LAX"))
                .map(cookie -> cookie.value)
                .findFirst()
                .orElse("none");
    }

    @Test
    void language_and_colours_are_chosen_on_any_page_and_kept() {
        try (Visitor visitor = visitor(new View("mn", false, false))) {
            visitor.signIn("operator");
            assertThat(visitor.page().locator("html").getAttribute("lang")).isEqualTo("mn");
            visitor.page().click(".choice button[value=en]");
            assertThat(visitor.page().locator("h1").textContent()).isEqualTo("Overview");
            visitor.page().click(".choice button[value=dark]");
            assertThat(visitor.page().locator("html").getAttribute("data-theme"))
                    .isEqualTo("dark");
            visitor.open("/").isClean();
            assertThat(visitor.page().locator("html").getAttribute("data-theme"))
                    .isEqualTo("dark");
            assertThat(visitor.page().locator("h1").textContent()).isEqualTo("Overview");
        }
    }

    @Test
    void nothing_comes_from_elsewhere_and_nothing_is_written_into_a_page() {
        try (Visitor visitor = reader()) {
            visitor.signIn("operator");
            Response answer = visitor.page().navigate("/");
            assertThat(answer.headerValue("content-security-policy"))
                    .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.headerValue("cache-control")).contains("no-store");
            assertThat(visitor.page()
                            .locator("[style], style, script:not([src])")
                            .count())
                    .isZero();
        }
    }

    @Test
    void a_page_without_its_token_changes_nothing() {
        try (Visitor visitor = reader()) {
            visitor.signIn("operator");
            visitor.page().evaluate("() => document.querySelector('.who input[name=_csrf]').value = 'stolen'");
            Response answer = visitor.page()
                    .waitForResponse(response -> response.url().endsWith("/logout"), () -> visitor.page()
                            .click(".who button"));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(visitor.page().locator("h1").textContent()).isEqualTo("The form is out of date");
            visitor.open("/");
            assertThat(visitor.page().url()).doesNotContain("login");
        }
    }

    @Test
    void an_open_page_is_told_of_changes_and_ends_with_its_session() {
        try (Visitor visitor = reader()) {
            visitor.signIn("operator");
            visitor.page().locator(".live.on").waitFor();
            String before =
                    visitor.page().locator(".figure").first().locator(".muted").textContent();
            call();
            await("the figures of the open page").atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                visitor.page().waitForTimeout(100);
                assertThat(visitor.page()
                                .locator(".figure")
                                .first()
                                .locator(".muted")
                                .textContent())
                        .isNotEqualTo(before);
            });
            endSession(visitor);
            visitor.isLedTo(address -> address.contains("/login?ended"));
        }
    }

    @Test
    void a_page_that_listens_anew_after_its_session_has_ended_is_led_to_the_login() {
        try (Visitor visitor = reader()) {
            List<Route> held = new ArrayList<>();
            visitor.page().route("**/console/events*", held::add);
            visitor.signIn("operator");
            visitor.page().waitForCondition(() -> !held.isEmpty());
            endSession(visitor);
            held.forEach(Route::resume);
            visitor.isLedTo(address -> address.contains("/login?ended"));
        }
    }

    /** As a proxy answers while the hub starts: the browser would never ask again by itself. */
    @Test
    void a_page_that_was_refused_its_news_says_so_fetches_them_and_listens_again() {
        try (Visitor visitor = reader()) {
            visitor.page().clock().install();
            List<Route> refused = new ArrayList<>();
            visitor.page().route("**/console/events*", route -> {
                if (refused.isEmpty()) {
                    refused.add(route);
                    route.fulfill(new Route.FulfillOptions().setStatus(503));
                } else {
                    route.resume();
                }
            });
            visitor.signIn("operator");
            visitor.page().locator(".live.off").waitFor();
            List<String> fetched = new ArrayList<>();
            visitor.page()
                    .onRequest(request -> fetched.add(URI.create(request.url()).getPath()));
            visitor.page().clock().fastForward(15_000);
            visitor.page().locator(".live.on").waitFor();
            assertThat(fetched).contains("/", "/console/events");
        }
    }

    @Test
    void a_page_that_had_missed_something_is_told_the_end_of_its_session_too() {
        Live live = hub.bean(Live.class);
        try (Visitor other = reader();
                Visitor visitor = reader()) {
            // Somebody else's open page, so that the hub looks while this one is not listening yet.
            other.signIn("integrator").page().locator(".live.on").waitFor();
            List<Route> held = new ArrayList<>();
            visitor.page().route("**/console/events*", held::add);
            visitor.signIn("operator");
            visitor.page().waitForCondition(() -> !held.isEmpty());
            long before = live.revision();
            call();
            await().atMost(RunningHub.PATIENCE).until(() -> live.revision() > before);
            visitor.page().waitForResponse("**/", () -> held.forEach(Route::resume));
            endSession(visitor);
            visitor.isLedTo(address -> address.contains("/login?ended"));
        }
    }

    private void call() {
        assertThat(hub.as("helpline-108")
                        .send("application/json", Referrals.call("console-" + UUID.randomUUID()))
                        .status())
                .isEqualTo(202);
    }

    private static void endSession(Visitor visitor) {
        String token = visitor.page().locator(".who input[name=_csrf]").inputValue();
        APIResponse answer = visitor.page()
                .context()
                .request()
                .post(
                        "/logout",
                        RequestOptions.create().setForm(FormData.create().set("_csrf", token)));
        assertThat(answer.url()).endsWith("/login?out");
    }

    @Test
    void keys_are_explained_by_a_question_mark() {
        try (Visitor visitor = reader()) {
            visitor.signIn("operator");
            visitor.page().keyboard().press("?");
            visitor.page().locator("dialog#keys[open]").waitFor();
            visitor.isClean();
            visitor.page().keyboard().press("Escape");
            assertThat(visitor.page().locator("dialog#keys[open]").count()).isZero();
        }
    }
}
