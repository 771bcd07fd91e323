package org.referralhub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.referralhub.broker.Broker;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Desk;
import org.referralhub.deadletter.DeskFilter;
import org.referralhub.deadletter.DeskOrders;
import org.referralhub.deadletter.Field;
import org.referralhub.deadletter.LetterState;
import org.referralhub.deadletter.LetterSummary;
import org.referralhub.deadletter.Unmasking;
import org.referralhub.ledger.AccessLog;
import org.referralhub.message.Headers;
import org.referralhub.message.LedgerKind;
import org.referralhub.message.Queues;
import org.referralhub.testing.Chromium;
import org.referralhub.testing.Chromium.View;
import org.referralhub.testing.Chromium.Visitor;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Samples;
import org.referralhub.testing.Way;

/** The dead-letter desk in a real browser, on a real hub with letters of many kinds. */
class DeskPagesIT {
    private static final RunningHub HUB = RunningHub.shared();
    private static final View DAY = new View("en", false, false);
    private static final View OTHERS = new View("mn", false, false);
    private static final ResourceBundle WORDS =
            ResourceBundle.getBundle("org.referralhub.console.messages", Locale.forLanguageTag("mn"));
    /** What a name must not be able to do: run, break out, turn the page around, fill it, or be reckoned by a spreadsheet. */
    private static final String SCRIPT = "<script>window.stolen=1</script><img src=x onerror=window.stolen=1>\"'><b>";

    private static final String TURNED = "\u202Egnikcah\u202C \u2067\u05E9\u05DC\u05D5\u05DD\u2069";
    private static final String FORMULA = "=HYPERLINK(\"http://elsewhere.invalid\",\"x\")";
    /** A code that nobody knows, with what breaks out of an attribute and what splits a list. */
    private static final String WRONG = "NOT_EITHER, \"'><b>";
    /** Of the child in the sample of the helpline; invented. */
    private static final String GIVEN_NAME = "Анударь";

    private static final String FACES = "\uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \uD83D\uDE00";

    @BeforeAll
    static void fillTheDesk() throws Exception {
        Chromium.shared();
        String[][] kinds = {
            {"deliver", "translation-failed", "permanent", "IMMEDIATE"},
            {"deliver", "translation-failed", "permanent", "IMMEDIATE"},
            {"deliver", "broker-failed", "exhausted", "URGENT"},
            {"intake-helpline", "unexpected-failure", "unknown", "URGENT"},
            {"intake-helpline", "unknown-agency", "permanent", "PRIORITY"},
            {"intake-helpline", "no-recipient", "permanent", "ROUTINE"},
        };
        for (String[] kind : kinds) {
            letter(kind[0], kind[1], kind[2], kind[3]);
        }
        Way.AMQP.send(HUB.as("helpline-108"), "helpline", hostile().getBytes(StandardCharsets.UTF_8));
        await("letters at the desk").atMost(RunningHub.PATIENCE).until(() -> open().size() > kinds.length);
    }

    /** A call that is refused, with everything that a name can be up to. */
    private static String hostile() {
        String call = Referrals.call("hostile-" + UUID.randomUUID());
        String key = (SCRIPT + TURNED + FORMULA + FACES).replace("\"", "\\\"");
        return call.substring(0, call.lastIndexOf('}'))
                + ", \"%s\": 1, \"%s\": 2, \"response\": \"%s\"}".formatted(key, "x".repeat(10_000), key);
    }

    private static String letter(String stage, String cause, String failure, String urgency) throws Exception {
        String stamp = UUID.randomUUID().toString();
        try (Connection connection = HUB.bean(Broker.class).connectionFactory().createConnection();
                Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
                MessageProducer producer = session.createProducer(session.createQueue(Queues.DEAD_LETTER))) {
            BytesMessage message = session.createBytesMessage();
            message.writeBytes(Referrals.call("desk-" + stamp).getBytes(StandardCharsets.UTF_8));
            message.setStringProperty(Headers.KIND, LedgerKind.DEAD.name());
            message.setStringProperty(Headers.STAMP, stamp);
            message.setStringProperty(Headers.SENDER, "helpline-108");
            message.setStringProperty(Headers.DIALECT, "helpline");
            message.setStringProperty(Headers.DEAD_ORIGIN, Queues.intake("helpline"));
            message.setStringProperty(Headers.DEAD_STAGE, stage);
            message.setStringProperty(Headers.DEAD_CAUSE, cause);
            message.setStringProperty(Headers.DEAD_CLASS, failure);
            message.setStringProperty(Headers.URGENCY, urgency);
            message.setStringProperty(
                    Headers.ARRIVED_AT, java.time.Instant.now().toString());
            producer.send(message);
        }
        return stamp;
    }

    private static List<LetterSummary> open() {
        return HUB.bean(Desk.class)
                .list(DeskFilter.OPEN, null, Desk.LARGEST_PAGE)
                .items();
    }

    private static LetterSummary open(String cause) {
        return open().stream()
                .filter(letter -> letter.cause().equals(cause))
                .findFirst()
                .orElseThrow();
    }

    private static LetterState state(String id) {
        return HUB.bean(Desk.class).show(id).orElseThrow().summary().state();
    }

    private static Visitor visitor(View view, String operator) {
        return Chromium.shared().visitor(HUB.url(), view).signIn(operator);
    }

    static List<View> views() {
        return View.pairs();
    }

    @ParameterizedTest
    @MethodSource("views")
    void the_desk_is_accessible_in_both_languages_themes_and_on_a_phone(View view) {
        LetterSummary letter = open("refused");
        try (Visitor visitor = visitor(view, "operator")) {
            visitor.open("/").isClean().handbook("overview");
            visitor.open("/desk").isClean().handbook("desk");
            visitor.open("/desk/groups").isClean().picture("groups");
            visitor.open("/desk/groups/" + letter.group()).isClean().handbook("group");
            visitor.open("/desk/letters/" + letter.id()).isClean().picture("letter-hostile");
            visitor.open("/desk/letters/" + letter.id() + "/correct").isClean().picture("correct");
            visitor.open("/unmaskings").isClean().picture("unmaskings");
            visitor.open("/desk?q=nothing-of-the-kind").isClean().picture("desk-none");
        }
    }

    @Test
    void the_most_dangerous_comes_first() {
        try (Visitor visitor = visitor(DAY, "operator")) {
            visitor.open("/desk");
            List<String> urgencies = visitor.page()
                    .locator("[data-row] td:nth-child(2) .badge:first-child")
                    .allTextContents();
            assertThat(urgencies).startsWith("Immediate", "Immediate");
        }
    }

    @Test
    void a_letter_is_replayed_by_keys_alone() throws Exception {
        letter("intake-helpline", "broker-failed", "exhausted", "IMMEDIATE");
        await().atMost(RunningHub.PATIENCE).until(() -> open().stream()
                .anyMatch(letter -> letter.stage().equals("intake-helpline")
                        && letter.cause().equals("broker-failed")));
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk?cause=broker-failed&stage=intake-helpline")
                    .page();
            page.keyboard().press("j");
            String id = page.locator("tr.at").getAttribute("data-row");
            page.keyboard().press("x");
            assertThat(page.locator("[data-chosen]").textContent()).isEqualTo("1");
            page.keyboard().press("r");
            page.locator("dialog#bulk-replay[open]").waitFor();
            visitor.isClean().picture("desk-replay");
            page.locator("dialog#bulk-replay button.primary").click();
            page.locator(".notice.good").waitFor();
            assertThat(state(id)).isNotEqualTo(LetterState.OPEN);
            visitor.open("/desk/letters/" + id).isClean();
            assertThat(page.locator(".timeline").textContent()).contains("Replay", "operator");
        }
    }

    @Test
    void what_a_search_finds_and_what_is_chosen_goes_in_phases_and_is_rehearsed() throws Exception {
        letter("intake-helpline", "ledger-failed", "exhausted", "URGENT");
        await().atMost(RunningHub.PATIENCE).until(() -> open().stream()
                .anyMatch(letter -> letter.stage().equals("intake-helpline")
                        && letter.cause().equals("ledger-failed")));
        String search = "/desk?cause=ledger-failed&stage=intake-helpline";
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open(search).page();
            page.click("form[action='/desk/rehearsals'] button >> nth=0");
            visitor.isLedTo(address -> address.contains("/desk/rehearsals/"));
            page.locator("#rehearsal .badge.good").waitFor();

            visitor.open(search);
            page.check("input[data-pick]");
            page.click("[data-opens=bulk-rehearse]");
            page.click("dialog#bulk-rehearse button.primary");
            visitor.isLedTo(address -> address.contains("/desk/rehearsals/"));

            visitor.open(search);
            page.click("[data-opens=search-run]");
            visitor.isClean();
            page.fill("dialog#search-run input[name=canary]", "2");
            page.fill("dialog#search-run input[name=to]", "nobody-at-all");
            page.fill("dialog#search-run textarea", "Tried elsewhere.");
            page.click("dialog#search-run button.primary");
            assertThat(page.locator(".notice.bad").textContent()).contains("nobody knows this agency");

            visitor.open(search);
            page.check("input[data-pick]");
            page.click("[data-opens=bulk-run]");
            page.fill("dialog#bulk-run textarea", "The ledger is repaired.");
            page.click("dialog#bulk-run button.primary");
            visitor.isLedTo(address -> address.contains("/desk/runs/"));
            visitor.isClean();
        }
    }

    @Test
    void single_keys_can_be_switched_off() {
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk?state=ANY").page();
            page.keyboard().press("j");
            assertThat(page.evaluate("document.activeElement.closest('[data-row]') !== null"))
                    .isEqualTo(true);
            page.keyboard().press("?");
            page.uncheck("dialog#keys [data-keys]");
            visitor.isClean();
            visitor.open("/desk?state=ANY");
            page.keyboard().press("j");
            page.keyboard().press("?");
            assertThat(page.locator("tr.at").count()).isZero();
            assertThat(page.locator("dialog#keys[open]").count()).isZero();
        }
    }

    @Test
    void a_letter_is_put_away_with_a_reason_and_restored() {
        LetterSummary letter = open("no-recipient");
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk/letters/" + letter.id()).page();
            page.click("[data-opens=letter-discard]");
            page.fill("dialog#letter-discard textarea", SCRIPT + TURNED);
            page.click("dialog#letter-discard button.primary");
            page.locator(".notice.good").waitFor();
            assertThat(state(letter.id())).isEqualTo(LetterState.DISCARDED);
            assertThat(page.locator(".timeline").textContent()).contains(SCRIPT);
            isHarmless(visitor);
            page.click("[data-opens=letter-restore]");
            page.fill("dialog#letter-restore textarea", "Paper was lost.");
            page.click("dialog#letter-restore button.primary");
            page.locator(".notice.good").waitFor();
            assertThat(state(letter.id())).isEqualTo(LetterState.OPEN);
            assertThat(page.locator(".timeline").textContent()).contains("Paper was lost.");
        }
    }

    @Test
    void what_a_letter_holds_is_masked_until_a_second_person_has_agreed() throws Exception {
        String id = refusedCall();
        try (Visitor visitor = visitor(DAY, "operator");
                Visitor second = visitor(DAY, "administrator");
                Visitor auditor = visitor(DAY, "auditor")) {
            Page page = visitor.open("/desk/letters/" + id)
                    .isClean()
                    .handbook("letter")
                    .page();
            assertThat(page.content()).doesNotContain(GIVEN_NAME, "NO_SUCH");
            assertThat(page.locator("[data-field='/concerns/0'] .failing").textContent())
                    .contains("code.unknown", "7 characters");

            // A reason is enough for this one, and without one nothing is asked.
            page.check("[data-field='/child/age'] input");
            page.click("#content form button.primary");
            assertThat(page.locator(".notice.good").count()).isZero();
            page.fill("#content textarea", "The age decides who is asked");
            page.click("#content form button.primary");
            page.locator(".notice.good").waitFor();
            assertThat(page.locator("[data-field='/child/age'] .value").textContent())
                    .isEqualTo("12");

            page.check("[data-field='/child/first_name'] input");
            page.fill("#content textarea", "The office asks for whom it is");
            page.click("#content form button.primary");
            page.locator("main > .notice.warn").waitFor();
            assertThat(page.content()).doesNotContain(GIVEN_NAME);
            visitor.isClean().picture("letter-asked");
            Locator own = visitor.open("/unmaskings").page().locator("tr", asks("The office asks"));
            assertThat(own.textContent()).contains("Yours");
            assertThat(own.locator("button").count()).isZero();

            Locator row = auditor.open("/unmaskings").isClean().page().locator("tr", asks("The office asks"));
            assertThat(row.textContent()).contains("/child/first_name", "operator");
            assertThat(auditor.page().locator("main button").count()).isZero();

            row = second.open("/unmaskings")
                    .isClean()
                    .picture("unmaskings-asked")
                    .page()
                    .locator("tr", asks("The office asks"));
            row.locator("button.danger").click();
            second.page().locator(".notice.bad").waitFor();
            row.locator("button.primary").click();
            second.page().locator(".notice.good").waitFor();
            assertThat(second.page().navigate("/desk/letters/" + id).status()).isEqualTo(403);

            visitor.open("/desk/letters/" + id).isClean().picture("letter-unmasked");
            assertThat(page.locator("[data-field='/child/first_name'] .value").textContent())
                    .isEqualTo(GIVEN_NAME);
            assertThat(page.locator("[data-field='/child/father_name'] .value").count())
                    .isZero();
            // Masked again by itself, when its time is over.
            assertThat(page.locator("#content").getAttribute("hx-trigger")).matches("every [1-9][0-9]*s");

            // Also when the hub does not answer then, and while somebody is writing beside it.
            page.clock().install();
            visitor.open("/desk/letters/" + id);
            page.route("**/content", route -> route.abort());
            page.focus("#content textarea");
            page.clock().fastForward("24:00:00");
            assertThat(page.locator("[data-field='/child/first_name'] .value").textContent())
                    .isEqualTo("···");
        }
        try (Visitor visitor = visitor(DAY, "integrator")) {
            Page page = visitor.open("/desk/letters/" + id).isClean().page();
            assertThat(page.locator("[data-field='/child/first_name'] .masked").count())
                    .isEqualTo(1);
            assertThat(page.locator("#content form").count()).isZero();
            assertThat(page.content()).doesNotContain(GIVEN_NAME);
            assertThat(page.navigate("/desk/letters/" + id + "/correct").status())
                    .isEqualTo(403);
            assertThat(page.navigate("/unmaskings").status()).isEqualTo(403);
        }
    }

    private static Page.LocatorOptions asks(String reason) {
        return new Page.LocatorOptions().setHasText(reason);
    }

    @Test
    void a_letter_is_corrected_unseen_and_the_checks_are_seen_before_it_goes() throws Exception {
        String id = refusedCall();
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk/letters/" + id).page();
            page.click(".bar a.button");
            visitor.isLedTo(address -> address.endsWith("/correct"));
            visitor.isClean();
            Locator field = page.locator("fieldset.edit", asks("/concerns/0"));
            page.click("form.stack button.primary");
            assertThat(page.locator(".notice.bad").textContent()).contains("Nothing is changed");

            field.locator("input[name=value]").fill(WRONG);
            page.click("form.stack button.primary");
            page.locator("main > .notice.bad", asks("still refuse")).waitFor();
            assertThat(page.locator("#checks").textContent()).contains("code.unknown");
            assertThat(field.locator("input[name=value]").inputValue()).isEqualTo(WRONG);
            assertThat(page.locator("button[name=send]").count()).isZero();
            assertThat(page.url()).doesNotContain("NOT_EITHER");
            isHarmless(visitor);

            field.locator("select[name=as]").selectOption("number");
            page.click("form.stack button.primary");
            page.locator(".notice.bad", asks("not of the kind")).waitFor();

            field.locator("select[name=as]").selectOption("text");
            field.locator("input[name=value]").fill("NEGLECT");
            page.click("form.stack button.primary");
            page.locator(".notice.good").waitFor();
            assertThat(page.content()).doesNotContain(GIVEN_NAME);
            assertThat(state(id)).isEqualTo(LetterState.OPEN);
            visitor.isClean().picture("correct-fits");
            page.fill("textarea[name=reason]", "A code of last year");
            page.click("button[name=send]");
            visitor.isLedTo(address -> address.contains("/desk/letters/") && !address.contains(id));
            page.locator(".notice.good").waitFor();
            assertThat(state(id)).isEqualTo(LetterState.SUPERSEDED);
            visitor.open("/desk/letters/" + id + "/correct").isClean();
            assertThat(page.locator("main form").count()).isZero();
        }
    }

    @Test
    void a_letter_goes_back_to_its_sender_with_a_reason() throws Exception {
        String id = refusedCall();
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk/letters/" + id).page();
            page.click("[data-opens=letter-return]");
            page.locator("dialog#letter-return[open]").waitFor();
            visitor.isClean();
            page.click("dialog#letter-return button.primary");
            assertThat(state(id)).isEqualTo(LetterState.OPEN);
            page.fill("dialog#letter-return textarea", "Give it a concern that we know, please.");
            page.click("dialog#letter-return button.primary");
            page.locator(".notice.good").waitFor();
            assertThat(state(id)).isEqualTo(LetterState.RETURNED);
            assertThat(page.locator(".timeline").textContent()).contains("Return to the sender");
        }
    }

    /** A call with everything that intake refuses for one code; the letter's id. */
    private static String refusedCall() throws Exception {
        return refusedCall(GIVEN_NAME);
    }

    /** The same for a child of this name. */
    private static String refusedCall(String givenName) throws Exception {
        String call = "call-" + UUID.randomUUID();
        Way.AMQP.send(
                HUB.as("helpline-108"),
                "helpline",
                Samples.callWithEverything(call)
                        .replace("\"response\" : \"NOW\"", "\"response\" : \"TODAY\"")
                        .replace("PHYSICAL_VIOLENCE", "NO_SUCH")
                        .replace(GIVEN_NAME, givenName.replace("\"", "\\\""))
                        .getBytes(StandardCharsets.UTF_8));
        return await("the letter of " + call)
                .atMost(RunningHub.PATIENCE)
                .until(
                        () -> open().stream()
                                .map(LetterSummary::id)
                                .filter(id -> HUB.bean(Contents.class)
                                        .content(id, "test")
                                        .filter(content -> holds(content.root(), call))
                                        .isPresent())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    private static boolean holds(@Nullable Field field, String value) {
        return field != null
                && (value.equals(field.value()) || field.fields().stream().anyMatch(child -> holds(child, value)));
    }

    @Test
    void of_two_operators_at_once_one_wins_and_the_other_is_told_who_and_when() {
        LetterSummary letter = open("unknown-agency");
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk/letters/" + letter.id()).page();
            page.click("[data-opens=letter-replay]");
            page.locator("dialog#letter-replay[open]").waitFor();
            assertThat(HUB.bean(DeskOrders.class)
                            .order("discard", letter.id(), letter.revision(), "second-operator", "It went by paper.")
                            .isDone())
                    .isTrue();
            page.click("dialog#letter-replay button.primary");
            Locator told = page.locator(".notice.bad");
            told.waitFor();
            assertThat(told.textContent()).contains("second-operator").containsIgnoringCase("put away");
            assertThat(state(letter.id())).isEqualTo(LetterState.DISCARDED);
            visitor.isClean().picture("letter-changed");
        }
    }

    @Test
    void several_letters_are_looked_after_at_once_and_notes_are_seen() {
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk?cause=translation-failed").page();
            page.check("input[data-pick-all]");
            page.click("[data-opens=bulk-own]");
            page.click("dialog#bulk-own button.primary");
            page.locator(".notice.good").waitFor();
            assertThat(page.locator("[data-row]").first().textContent()).contains("operator");
            page.locator("[data-row] a[data-open]").first().click();
            page.click("[data-opens=letter-note]");
            page.fill("dialog#letter-note textarea", FORMULA + TURNED + FACES);
            page.click("dialog#letter-note button.primary");
            page.locator(".notice.good").waitFor();
            assertThat(page.locator("#letter").textContent()).contains(FORMULA);
            isHarmless(visitor);
        }
    }

    /** What was asked for before the form was opened comes while it is filled in. */
    @Test
    void news_do_not_close_a_form_that_somebody_fills_in_and_come_after_it() {
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk?cause=translation-failed").page();
            page.locator("[data-row] a[data-open]").first().click();
            page.locator("#letter").waitFor();
            List<Route> late = new ArrayList<>();
            page.route(address -> true, route -> {
                if (late.isEmpty() && isLive(route.request())) {
                    late.add(route);
                } else {
                    route.resume();
                }
            });
            page.evaluate("htmx.trigger(document.body, 'hub:desk')");
            page.waitForCondition(() -> !late.isEmpty());
            page.click("[data-opens=letter-note]");
            page.fill("dialog#letter-note textarea", "Half a word");

            page.evaluate(
                    "() => { window.came = new Promise(on => document.addEventListener('htmx:afterOnLoad', on)) }");
            late.get(0).resume();
            page.evaluate("() => window.came.then(() => null)");

            assertThat(page.locator("dialog#letter-note textarea").isVisible()).isTrue();
            assertThat(page.inputValue("dialog#letter-note textarea")).isEqualTo("Half a word");
            page.waitForResponse(DeskPagesIT::isLive, () -> page.click("dialog#letter-note [data-closes]"));
        }
    }

    private static boolean isLive(Response response) {
        return isLive(response.request());
    }

    private static boolean isLive(Request request) {
        return request.headers().containsKey("x-hub-live");
    }

    @Test
    void a_cause_is_rehearsed_and_replayed_in_phases_with_its_progress() throws Exception {
        letter("deliver", "ledger-failed", "permanent", "PRIORITY");
        letter("deliver", "ledger-failed", "permanent", "PRIORITY");
        await().atMost(RunningHub.PATIENCE)
                .until(() -> open().stream()
                                .filter(letter -> letter.cause().equals("ledger-failed"))
                                .count()
                        == 2);
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk/groups/" + open("ledger-failed").group())
                    .page();
            page.click(".bar form button");
            visitor.isLedTo(address -> address.contains("/desk/rehearsals/"));
            page.locator("#rehearsal .badge.good").waitFor();
            visitor.isClean().picture("rehearsal");
            // What is over stays as it is.
            FormData form = FormData.create()
                    .set("_csrf", page.locator(".who input[name=_csrf]").inputValue());
            assertThat(page.request()
                            .post(
                                    page.url() + "/cancel",
                                    RequestOptions.create().setForm(form))
                            .text())
                    .contains("badge good");
            page.goBack();
            page.click("[data-opens=group-run]");
            page.fill("dialog#group-run textarea", "The ledger is repaired.");
            page.click("dialog#group-run button.primary");
            visitor.isLedTo(address -> address.contains("/desk/runs/"));
            page.locator("#run .badge.good, #run .badge.bad").waitFor();
            visitor.isClean().handbook("run");
            visitor.open("/desk/runs").isClean().picture("runs");
        }
    }

    /** So many letters that nobody else looks at, as their step shows. */
    private static String letters(int many) throws Exception {
        String stage = "stage-of-" + UUID.randomUUID();
        for (int i = 0; i < many; i++) {
            letter(stage, "broker-failed", "exhausted", "URGENT");
        }
        await().atMost(RunningHub.PATIENCE).until(() -> of(stage).size() == many);
        return stage;
    }

    private static List<LetterSummary> of(String stage) {
        return HUB.bean(Desk.class)
                .list(DeskFilter.of(Map.of("state", "ANY", "stage", stage)), null, Desk.LARGEST_PAGE)
                .items();
    }

    private static void isSaid(Page page, String what, String words) {
        page.locator(what, asks(words)).first().waitFor();
    }

    @Test
    void a_run_is_paused_resumed_and_stopped_with_reasons_in_mongolian() throws Exception {
        String stage = letters(3);
        try (Visitor visitor = visitor(OTHERS, "operator")) {
            Page page = visitor.open("/desk?stage=" + stage).page();
            page.check("input[data-pick-all]");
            page.click("[data-opens=bulk-run]");
            page.fill("dialog#bulk-run input[name=canary]", "");
            // The second has to wait a minute.
            page.fill("dialog#bulk-run input[name=perMinute]", "1");
            page.fill("dialog#bulk-run textarea", "Брокер зассан.");
            page.click("dialog#bulk-run button.primary");
            visitor.isLedTo(address -> address.contains("/desk/runs/"));
            String[][] orders = {{"pause", "PAUSED"}, {"resume", "RUNNING"}, {"stop", "STOPPED"}};
            for (String[] order : orders) {
                page.fill("#run input[name=reason]", "Учир " + order[0]);
                page.click("#run button[value=" + order[0] + "]");
                isSaid(page, "#run .badge", WORDS.getString("run.state." + order[1]));
                isSaid(page, "#run .timeline li", "Учир " + order[0]);
                isSaid(page, "#run .timeline li", WORDS.getString("action.run-" + order[0]));
            }
            visitor.isClean().picture("run-stopped");
            assertThat(page.locator("#run button").count()).isZero();
            assertThat(of(stage)).anyMatch(letter -> letter.state() == LetterState.OPEN);
        }
    }

    @Test
    void a_cause_is_looked_after_and_noted_in_mongolian() throws Exception {
        String group = of(letters(1)).get(0).group();
        try (Visitor visitor = visitor(OTHERS, "operator")) {
            Page page = visitor.open("/desk/groups/" + group).page();
            page.click("button[name=owner]");
            isSaid(page, "button[name=owner]", WORDS.getString("action.leave"));
            isSaid(page, ".timeline li", WORDS.getString("action.own-group"));
            page.click("[data-opens=group-note]");
            page.fill("dialog#group-note textarea", SCRIPT + "Утсаар ярьсан");
            page.click("dialog#group-note button.primary");
            isSaid(page, "#group p.wrap", SCRIPT + "Утсаар ярьсан");
            isSaid(page, ".timeline li", WORDS.getString("action.note-group"));
            isHarmless(visitor);
            page.click("button[name=owner]");
            isSaid(page, "button[name=owner]", WORDS.getString("action.own"));
        }
    }

    @Test
    void several_letters_are_put_away_restored_and_returned_at_once_in_mongolian() throws Exception {
        String stage = letters(2);
        String[][] orders = {
            {"discard", "OPEN", "DISCARDED"},
            {"restore", "DISCARDED", "OPEN"},
            {"return", "OPEN", "RETURNED"}
        };
        try (Visitor visitor = visitor(OTHERS, "operator")) {
            Page page = visitor.page();
            for (String[] order : orders) {
                visitor.open("/desk?stage=" + stage + "&state=" + order[1]);
                page.check("input[data-pick-all]");
                page.click("[data-opens=bulk-" + order[0] + "]");
                page.fill("dialog#bulk-" + order[0] + " textarea", "Учир " + order[0]);
                visitor.isClean();
                page.click("dialog#bulk-" + order[0] + " button.primary");
                page.locator(".notice.good").waitFor();
                assertThat(of(stage)).extracting(LetterSummary::state).containsOnly(LetterState.valueOf(order[2]));
            }
            visitor.open("/desk/letters/" + of(stage).get(0).id());
            for (String[] order : orders) {
                isSaid(page, ".timeline li", "Учир " + order[0]);
                isSaid(page, ".timeline li", WORDS.getString("action." + order[0]));
            }
        }
    }

    @Test
    void who_asks_to_see_more_is_refused_with_a_reason_in_mongolian() throws Exception {
        String id = refusedCall();
        String why = "Хэн болохыг мэдэх " + id;
        try (Visitor visitor = visitor(OTHERS, "operator");
                Visitor second = visitor(OTHERS, "administrator")) {
            Page page = visitor.open("/desk/letters/" + id).page();
            page.check("[data-field='/child/first_name'] input");
            page.fill("#content textarea", why);
            page.click("#content form button.primary");
            page.locator("main > .notice.warn").waitFor();

            Locator row = second.open("/unmaskings").page().locator("tr", asks(why));
            row.locator("input[name=reason]").fill(SCRIPT + "Шаардлагагүй");
            row.locator("button.danger").click();
            isSaid(second.page(), ".notice", WORDS.getString("unmaskings.refused"));
            assertThat(row.textContent()).contains(SCRIPT + "Шаардлагагүй", "administrator");
            isHarmless(second);

            visitor.open("/desk/letters/" + id);
            assertThat(page.content()).doesNotContain(GIVEN_NAME);
            visitor.open("/unmaskings");
            isSaid(page, "tr:has-text('" + id + "')", "Шаардлагагүй");
        }
    }

    @Test
    void letters_are_found_by_finer_points_in_mongolian() {
        LetterSummary letter = open("refused");
        try (Visitor visitor = visitor(OTHERS, "operator")) {
            Page page = visitor.open("/desk").page();
            page.click(".filters summary");
            assertThat(page.locator("datalist#findings option").count()).isPositive();
            page.fill("input[name=finding]", "no-such-code");
            page.click(".filters button.primary");
            isSaid(page, ".empty", WORDS.getString("desk.none"));
            page.fill("input[name=finding]", "");
            page.fill("input[name=configuration]", String.valueOf(letter.configuration()));
            page.fill("input[name=cause]", "refused");
            page.click(".filters button.primary");
            page.locator("[data-row]").first().waitFor();
            visitor.isClean();
        }
    }

    @Test
    void hostile_names_are_shown_and_do_nothing() {
        LetterSummary letter = open("refused");
        for (View view : List.of(DAY, new View("mn", true, true))) {
            try (Visitor visitor = visitor(view, "operator")) {
                for (String page : List.of(
                        "/desk",
                        "/desk/letters/" + letter.id(),
                        "/desk/groups/" + letter.group(),
                        "/desk?q=" + java.net.URLEncoder.encode(SCRIPT + TURNED, StandardCharsets.UTF_8),
                        "/desk?cause=" + java.net.URLEncoder.encode(FORMULA + FACES, StandardCharsets.UTF_8))) {
                    visitor.open(page);
                    isHarmless(visitor);
                }
            }
        }
    }

    @Test
    void a_hostile_name_of_a_child_is_shown_to_who_may_see_it_and_does_nothing() throws Exception {
        String name = FORMULA + SCRIPT + TURNED + FACES + "х".repeat(10_000);
        String id = refusedCall(name);
        Contents contents = HUB.bean(Contents.class);
        contents.unmask(id, null, List.of("/child/first_name"), "operator", name.substring(0, 500));
        await().atMost(RunningHub.PATIENCE).until(() -> !contents.unmaskings(Unmasking.State.ASKED, id, null, 1)
                .isEmpty());
        for (View view : List.of(DAY, new View("mn", true, true))) {
            try (Visitor visitor = visitor(view, "administrator")) {
                visitor.open("/unmaskings");
                isHarmless(visitor);
            }
        }
        contents.decide(
                contents.unmaskings(Unmasking.State.ASKED, id, null, 1).get(0).id(), true, "administrator", SCRIPT);
        for (View view : List.of(DAY, new View("mn", true, true))) {
            try (Visitor visitor = visitor(view, "operator")) {
                Page page = visitor.open("/desk/letters/" + id).page();
                assertThat(page.locator("[data-field='/child/first_name'] .value")
                                .textContent())
                        .startsWith(FORMULA + SCRIPT + TURNED + FACES);
                assertThat(page.title()).doesNotContain("HYPERLINK");
                isHarmless(visitor);
                page.click("[data-opens=letter-note]");
                page.fill("dialog#letter-note textarea", name);
                page.click("dialog#letter-note button.primary");
                page.locator(".notice.good").waitFor();
                assertThat(page.locator("#letter").textContent()).contains(name.substring(0, 500));
                isHarmless(visitor);
            }
        }
    }

    @Test
    void hostile_words_in_the_audit_are_shown_and_do_nothing() throws Exception {
        String actor = (UUID.randomUUID() + SCRIPT).substring(0, 100);
        HUB.bean(AccessLog.class).note(actor, FORMULA.substring(0, 40), TURNED + FACES);
        for (View view : List.of(DAY, new View("mn", true, true))) {
            try (Visitor visitor = visitor(view, "auditor")) {
                String audit = "/audit?actor=" + java.net.URLEncoder.encode(actor, StandardCharsets.UTF_8);
                await().atMost(RunningHub.PATIENCE)
                        .until(() ->
                                visitor.open(audit).page().locator("[data-row]").count() == 1);
                assertThat(visitor.page().locator("[data-row]").textContent())
                        .contains(actor, FORMULA.substring(0, 40), TURNED + FACES);
                isHarmless(visitor);
            }
        }
    }

    private static void isHarmless(Visitor visitor) {
        visitor.isClean();
        assertThat(visitor.page().evaluate("() => window.stolen")).isNull();
        assertThat(visitor.page().locator("main img, main script, main b b").count())
                .isZero();
    }

    @Test
    void an_integrator_looks_and_changes_nothing_and_an_auditor_does_not_look() {
        LetterSummary letter = open("translation-failed");
        try (Visitor visitor = visitor(DAY, "integrator")) {
            Page page = visitor.open("/desk/letters/" + letter.id()).page();
            assertThat(page.locator(".bar button").allTextContents()).containsExactly("Rehearse");
            assertThat(page.locator("[data-pick]").count()).isZero();
            Object status = page.evaluate(
                    "async id => (await fetch('/desk/orders', {method: 'POST', headers: {"
                            + "[document.querySelector('meta[name=csrf]').dataset.header]: document.querySelector('meta[name=csrf]').content,"
                            + "'Content-Type': 'application/x-www-form-urlencoded'},"
                            + "body: 'action=replay&letters=' + id + ':0'})).status",
                    letter.id());
            assertThat(status).isEqualTo(403);
            assertThat(state(letter.id())).isEqualTo(LetterState.OPEN);
        }
        try (Visitor visitor = visitor(DAY, "auditor")) {
            assertThat(visitor.page().locator(".side a").allTextContents()).noneMatch(text -> text.contains("Dead"));
            assertThat(visitor.page().navigate("/desk").status()).isEqualTo(403);
            visitor.isClean().picture("denied");
        }
    }

    @Test
    void a_new_letter_appears_on_the_open_desk_without_anybody_asking() throws Exception {
        // A stage of their own: the desk of a hub that others have used may be full to the end of its page.
        String stage = "stage-of-" + UUID.randomUUID();
        letter(stage, "attempts-used-up", "exhausted", "IMMEDIATE");
        await().atMost(RunningHub.PATIENCE)
                .until(() -> open().stream().anyMatch(letter -> letter.stage().equals(stage)));
        try (Visitor visitor = visitor(DAY, "operator")) {
            Page page = visitor.open("/desk?stage=" + stage).page();
            page.locator(".live.on").waitFor();
            page.check("[data-row] input[data-pick]");
            letter(stage, "attempts-used-up", "exhausted", "IMMEDIATE");
            page.waitForCondition(() -> page.locator("[data-row]").count() == 2);
            // What was chosen stays chosen.
            assertThat(page.locator("[data-chosen]").textContent()).isEqualTo("1");
        }
    }

    @Test
    void what_came_between_the_making_of_a_page_and_its_listening_is_not_missed() throws Exception {
        String stage = "stage-of-" + UUID.randomUUID();
        try (Visitor other = visitor(DAY, "administrator");
                Visitor visitor = visitor(DAY, "operator")) {
            // Somebody else's open page, so that the hub looks while this one is not listening yet.
            other.open("/desk").page().locator(".live.on").waitFor();
            Page page = visitor.page();
            List<Route> held = new ArrayList<>();
            page.route("**/console/events*", held::add);
            visitor.open("/desk?stage=" + stage);
            page.waitForCondition(() -> !held.isEmpty());
            Live live = HUB.bean(Live.class);
            long before = live.revision();
            letter(stage, "attempts-used-up", "exhausted", "IMMEDIATE");
            await().atMost(RunningHub.PATIENCE).until(() -> open().stream()
                    .anyMatch(letter -> letter.stage().equals(stage)));
            await().atMost(RunningHub.PATIENCE).until(() -> live.revision() > before);
            assertThat(page.locator("[data-row]").count()).isZero();
            held.forEach(Route::resume);
            page.locator("[data-row]").waitFor();
        }
    }
}
