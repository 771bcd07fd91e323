package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.Chromium;
import org.referralhub.testing.Chromium.View;
import org.referralhub.testing.Chromium.Visitor;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Referrals, agencies, routes, books, statistics, alarms, audit and users in a real browser. */
class PagesIT {
    private static final RunningHub HUB = RunningHub.shared();
    private static final String HELPLINE = "helpline-108";
    /** The demo brings it files and fetches its own. */
    private static final String SERVED = "ngo-home-visits";

    private static final String CALL = "pages-" + UUID.randomUUID();
    private static final String REFERRAL = Identifiers.referralId(HELPLINE, CALL);
    /** Script, the other direction, a picture, a formula. */
    private static final String HOSTILE = "=HYPERLINK(\"x\")<script>window.hurt=1</script>\u202e😱" + UUID.randomUUID();

    /** What the handbook shows, by the name of its page here. */
    private static final Map<String, String> HANDBOOK = Map.of(
            "referrals", "referrals",
            "referrals-one", "timeline",
            "agencies", "agencies",
            "routes", "routes",
            "books", "books",
            "statistics-asked", "statistics",
            "audit", "audit");

    private static final String MONTH = LocalDate.now(Times.ZONE).toString().substring(0, 7);

    @BeforeAll
    static void sendSomething() {
        assertThat(HUB.as(HELPLINE)
                        .send("application/json", Referrals.call(CALL))
                        .status())
                .isEqualTo(202);
        HUB.settle();
    }

    private static Visitor visitor(View view) {
        return Chromium.shared().visitor(HUB.url(), view);
    }

    private static Visitor reader(String operator) {
        return visitor(new View("en", false, false)).signIn(operator);
    }

    /** Every page with the operator who looks at it. */
    private static Map<String, String> pages() {
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("/referrals", "operator");
        pages.put("/referrals?concern=NEGLECT&place=11&state=failed", "operator");
        pages.put("/referrals/" + REFERRAL, "operator");
        pages.put("/agencies", "operator");
        pages.put("/agencies?q=nobody-is-called-so", "operator");
        pages.put("/agencies/" + HELPLINE, "operator");
        pages.put("/routes", "operator");
        pages.put("/books", "operator");
        pages.put("/books?agency=" + HELPLINE, "operator");
        pages.put("/books/verification?day=" + LocalDate.now(Times.ZONE), "operator");
        pages.put("/alarms", "operator");
        pages.put("/statistics", "administrator");
        pages.put("/statistics?from=" + MONTH + "&to=" + MONTH + "&by=kind&by=urgency", "administrator");
        pages.put("/audit", "administrator");
        pages.put("/audit?actor=nobody", "administrator");
        pages.put("/audit/verification", "administrator");
        pages.put("/users", "administrator");
        return pages;
    }

    static List<View> views() {
        return View.pairs();
    }

    @ParameterizedTest
    @MethodSource("views")
    void every_page_is_accessible_in_both_languages_themes_and_on_a_phone(View view) {
        SoftAssertions all = new SoftAssertions();
        for (String operator : List.of("operator", "administrator")) {
            try (Visitor visitor = visitor(view).signIn(operator)) {
                pages().forEach((page, who) -> {
                    if (who.equals(operator)) {
                        visitor.open(page).picture(name(page));
                        Optional.ofNullable(HANDBOOK.get(name(page))).ifPresent(visitor::handbook);
                        all.assertThatCode(visitor::isClean).doesNotThrowAnyException();
                        all.assertThat(visitor.page().locator("h1").count())
                                .as(page)
                                .isEqualTo(1);
                    }
                });
            }
        }
        all.assertAll();
    }

    private static String name(String page) {
        return page.replace(REFERRAL, "one")
                .replaceAll("\\?q=.*|\\?actor=.*|\\?concern.*", "-none")
                .replaceAll("\\?.*", "-asked")
                .substring(1)
                .replace('/', '-');
    }

    @Test
    void a_referral_is_found_by_its_reference_and_what_was_typed_is_not_repeated() {
        try (Visitor visitor = reader("operator")) {
            Page page = visitor.open("/referrals").page();
            page.keyboard().press("/");
            page.keyboard().type(Identifiers.reference(REFERRAL).toLowerCase(java.util.Locale.ROOT));
            page.keyboard().press("Enter");
            visitor.isLedTo(address -> address.endsWith("/referrals/" + REFERRAL));
            assertThat(page.locator("h1").textContent()).isEqualTo(Identifiers.reference(REFERRAL));
            assertThat(page.locator(".timeline li").count()).isGreaterThan(2);

            visitor.open("/referrals?q=Bold");
            assertThat(page.locator(".notice").textContent()).contains("no referral");
            assertThat(page.locator("main").textContent()).doesNotContain("Bold");
            visitor.open("/referrals/nothing-like-this");
            assertThat(page.locator("h1").textContent()).isEqualTo("Nothing here");
        }
    }

    @Test
    void rows_are_walked_by_keyboard_and_opened() {
        try (Visitor visitor = reader("operator")) {
            Page page = visitor.open("/referrals?agency=" + HELPLINE).page();
            page.keyboard().press("j");
            page.keyboard().press("j");
            page.keyboard().press("k");
            String first = page.locator("[data-row]").first().getAttribute("data-row");
            assertThat(page.locator("tr.at").getAttribute("data-row")).isEqualTo(first);
            page.keyboard().press("Enter");
            visitor.isLedTo(address -> address.endsWith("/referrals/" + first));
            visitor.isClean();
        }
    }

    @Test
    void a_child_is_looked_for_in_no_address_and_the_search_is_noted() {
        try (Visitor visitor = reader("operator")) {
            Page page = visitor.open("/referrals").page();
            page.locator("details summary").click();
            page.fill("input[name=registerNo]", "УБ16250415");
            page.locator("details button").first().click();
            visitor.isLedTo(address -> address.endsWith("/referrals/search"));
            visitor.isClean();
            assertThat(page.title()).doesNotContain("УБ16250415");

            page.locator("details form").waitFor();
            page.fill("input[name=registerNo]", "");
            page.fill("input[name=givenName]", "Анударь");
            page.locator("details button").first().click();
            page.locator(".notice").waitFor();
            assertThat(page.locator(".notice").textContent()).contains("too little");
        }
        try (Visitor visitor = reader("auditor")) {
            await().atMost(RunningHub.PATIENCE).untilAsserted(() -> {
                visitor.open("/audit?actor=operator&action=search-child");
                assertThat(visitor.page().locator("[data-row]").count()).isPositive();
            });
            assertThat(visitor.page().locator("main").textContent()).doesNotContain("УБ16250415");
        }
    }

    @Test
    void an_agency_is_paused_and_resumed_and_hostile_words_are_shown_as_what_they_are() {
        try (Visitor visitor = reader("operator")) {
            Page page = visitor.open("/agencies/" + SERVED).page();
            page.fill("input[name=reason]", HOSTILE);
            page.locator("form[action$='/pause'] button").click();
            page.locator(".notice.good").waitFor();
            visitor.isClean().picture("agency-paused");
            assertThat(page.locator("main").textContent()).contains(HOSTILE, "Paused by operator");
            assertThat(page.evaluate("() => window.hurt === undefined")).isEqualTo(true);

            visitor.open("/agencies?show=TROUBLE").isClean();
            assertThat(page.locator("[data-row='" + SERVED + "'] .state.paused").count())
                    .isEqualTo(1);

            visitor.open("/agencies/" + SERVED);
            page.locator("form[action$='/resume'] button").click();
            page.locator("form[action$='/pause']").waitFor();
            assertThat(page.locator(".notice.good").textContent()).contains("goes on");
        }
        try (Visitor visitor = reader("integrator")) {
            visitor.open("/agencies/" + SERVED);
            assertThat(visitor.page().locator("form[action$='/pause']").count()).isZero();
        }
    }

    @Test
    void a_manifest_comes_as_a_table_that_a_spreadsheet_opens_without_harm() throws Exception {
        try (Visitor visitor = reader("operator")) {
            Page page = visitor.open("/books?agency=" + HELPLINE).page();
            Download manifest = page.waitForDownload(
                    () -> page.locator("a[href*='manifest.csv']").click());
            String table = Files.readString(manifest.path(), StandardCharsets.UTF_8);
            assertThat(manifest.suggestedFilename())
                    .startsWith("manifest-" + HELPLINE)
                    .endsWith(".csv");
            assertThat(table).startsWith("\uFEFFway,at").contains(CALL);
        }
        for (String formula : List.of("=1+1", "+1", "-1", "@SUM(1)", "\t=1")) {
            assertThat(Sheet.harmless(formula)).isEqualTo("'" + formula);
        }
        assertThat(Sheet.harmless(null)).isEmpty();
        assertThat(Sheet.harmless("RF-1")).isEqualTo("RF-1");
    }

    @Test
    void the_chain_is_followed_to_its_end_on_the_page() {
        try (Visitor visitor = reader("auditor")) {
            Page page = visitor.open("/audit").page();
            page.locator("#chain a.button").click();
            page.locator("#chain .notice.good").waitFor();
            assertThat(page.locator("#chain").textContent()).contains("whole");
            assertThat(page.locator("#chain").count()).isEqualTo(1);
            visitor.isClean();
        }
    }

    @Test
    void who_came_in_went_and_was_locked_out_stands_in_the_audit_in_both_languages() {
        try (Visitor visitor = reader("integrator")) {
            Page page = visitor.page();
            page.click(".who button");
            visitor.isLedTo(address -> address.contains("/login?out"));
        }
        // From an address of its own: nobody else is to wait.
        AuthenticationManager login = HUB.bean(AuthenticationManager.class);
        UsernamePasswordAuthenticationToken wrong =
                UsernamePasswordAuthenticationToken.unauthenticated("integrator", "wrong");
        wrong.setDetails(new WebAuthenticationDetails("192.0.2." + (1 + System.nanoTime() % 250), null));
        for (int tries = 0; tries < 5; tries++) {
            assertThatThrownBy(() -> login.authenticate(wrong)).isInstanceOf(BadCredentialsException.class);
        }
        for (List<String> words : List.of(
                List.of("en", "Logged in", "Logged out", "Locked out after wrong secrets"),
                List.of("mn", "Нэвтэрсэн", "Гарсан", "Нууц үг олон удаа буруу тул түгжигдсэн"))) {
            try (Visitor visitor = visitor(new View(words.get(0), false, false)).signIn("auditor")) {
                for (String what : List.of(
                        "actor=integrator&action=sign-in",
                        "actor=integrator&action=sign-out",
                        "actor=integrator&action=locked-out")) {
                    Locator rows = visitor.page().locator("tbody tr");
                    await().atMost(RunningHub.PATIENCE).until(() -> {
                        visitor.open("/audit?" + what);
                        return rows.count() > 0;
                    });
                    assertThat(rows.first().textContent()).containsAnyOf(words.toArray(String[]::new));
                }
                visitor.isClean();
            }
        }
    }

    @Test
    void a_day_of_the_books_is_verified_on_the_page() {
        try (Visitor visitor = reader("integrator")) {
            Page page = visitor.open("/books").page();
            page.locator("a[href*=verification]").click();
            page.locator("#verified .notice").waitFor();
            assertThat(page.locator("#verified").textContent()).contains("agrees");
            assertThat(page.locator("h1").count()).isEqualTo(1);
            visitor.isClean();
        }
    }

    @Test
    void figures_are_counted_and_come_as_table_and_json() throws Exception {
        try (Visitor visitor = reader("auditor")) {
            Page page = visitor.open("/statistics").page();
            page.fill("input[name=from]", MONTH);
            page.fill("input[name=to]", MONTH);
            page.locator("input[name=by][value=concern]").check();
            page.locator("form button.primary").click();
            page.locator("tr.total").waitFor();
            visitor.isClean();

            Download csv = page.waitForDownload(
                    () -> page.locator("a[href*='table.csv']").click());
            assertThat(Files.readString(csv.path(), StandardCharsets.UTF_8))
                    .contains("identified")
                    .contains("ALL");
            Download json = page.waitForDownload(
                    () -> page.locator("a[href*='table.json']").click());
            assertThat(Files.readString(json.path(), StandardCharsets.UTF_8)).contains("\"smallest\":5");

            visitor.open("/statistics?from=2026-11&to=2026-10");
            assertThat(page.locator(".notice.bad").count()).isEqualTo(1);
        }
    }

    @Test
    void an_order_to_read_the_files_again_says_what_became_of_it() {
        try (Visitor visitor = reader("integrator")) {
            Page page = visitor.open("/routes").page();
            page.locator("form[action='/routes/reload'] button").click();
            Locator notice = page.locator(".notice.good");
            notice.waitFor();
            assertThat(notice.textContent()).contains("runs already").doesNotContain("Object");
            visitor.isClean();
        }
    }

    @Test
    void nothing_can_be_paused_where_nothing_is_brought() {
        try (Visitor visitor = reader("operator")) {
            Page page = visitor.open("/agencies/" + HELPLINE).page();
            assertThat(page.locator("form[action$='/pause']").count()).isZero();
            visitor.open("/agencies/nobody");
            assertThat(page.locator("h1").textContent()).isEqualTo("Nothing here");
        }
    }
}
