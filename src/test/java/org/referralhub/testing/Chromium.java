package org.referralhub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.args.AxeRunOptions;
import com.deque.html.axecore.playwright.AxeBuilder;
import com.deque.html.axecore.results.Rule;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A real browser, one for each process of tests. Where none is installed its tests are skipped and say so, unless
 * {@code -Dhub.browser=required}. {@code HUB_CHROMIUM} names another one.
 */
public final class Chromium {
    /** What is meant to be looked at: every page as it was in the test. */
    private static final Path PICTURES = Path.of("target", "console");
    /** What the handbook shows; written with {@code -Dhub.write=true} only. */
    private static final Path HANDBOOK = Path.of("docs", "operations", "images");

    private static final Path SHOWN = HANDBOOK.resolve("shown.json");

    private static final List<String> ARGUMENTS = List.of(
            "--no-sandbox",
            "--disable-quic",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--force-color-profile=srgb");

    private final Browser browser;

    private Chromium(Browser browser) {
        this.browser = browser;
    }

    private static final class Shared {
        static final Chromium BROWSER = launch(find().orElseThrow());
    }

    /** The browser; ends the test when there is none. */
    public static Chromium shared() {
        if (find().isEmpty()) {
            String why = "No browser: install Debian's chromium (apt-get install chromium) or name one in HUB_CHROMIUM";
            if ("required".equals(System.getProperty("hub.browser"))) {
                throw new IllegalStateException(why);
            }
            Assumptions.abort(why);
        }
        return Shared.BROWSER;
    }

    private static Optional<Path> find() {
        return Stream.of(System.getenv("HUB_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser")
                .filter(java.util.Objects::nonNull)
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static Chromium launch(Path program) {
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program)
                        .setArgs(ARGUMENTS));
        Runtime.getRuntime().addShutdownHook(new Thread(playwright::close));
        return new Chromium(browser);
    }

    /**
     * How a page is looked at.
     *
     * @param language {@code mn} or {@code en}
     * @param dark the reader's eyes at night
     * @param phone a narrow screen
     */
    public record View(String language, boolean dark, boolean phone) {
        /** Each language, theme and width with each of the others, in as few visits as that takes. */
        public static List<View> pairs() {
            return List.of(
                    new View("en", false, false),
                    new View("en", true, true),
                    new View("mn", true, false),
                    new View("mn", false, true));
        }

        @Override
        public String toString() {
            return language + (dark ? "-dark" : "-light") + (phone ? "-phone" : "");
        }
    }

    /** Somebody with a browser window of their own. */
    public Visitor visitor(URI hub, View view) {
        BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setBaseURL(hub.toString())
                .setViewportSize(view.phone() ? 390 : 1360, view.phone() ? 844 : 860)
                .setColorScheme(view.dark() ? ColorScheme.DARK : ColorScheme.LIGHT)
                .setLocale("en-US")
                .setTimezoneId("Asia/Ulaanbaatar"));
        context.addCookies(List.of(new Cookie("hub-language", view.language()).setUrl(hub.toString())));
        return new Visitor(hub, view, context);
    }

    /** A window, and what went wrong in it. */
    public static final class Visitor implements AutoCloseable {
        private static final int PATIENCE_MILLIS = 15_000;

        private final View view;
        private final BrowserContext context;
        private final Page page;
        private final Queue<String> faults = new ConcurrentLinkedQueue<>();
        /** Calls that were not answered as asked, for the text of a failure. */
        private final Queue<String> refused = new ConcurrentLinkedQueue<>();

        private final Queue<String> underWay = new ConcurrentLinkedQueue<>();

        Visitor(URI hub, View view, BrowserContext context) {
            this.view = view;
            this.context = context;
            context.setDefaultTimeout(PATIENCE_MILLIS);
            this.page = context.newPage();
            page.onConsoleMessage(message -> {
                if (List.of("error", "warning").contains(message.type())
                        && !message.text().contains("Failed to load resource")) {
                    faults.add("console: " + message.text());
                }
            });
            page.onPageError(failure -> faults.add("script: " + failure));
            page.onResponse(response -> {
                if (response.status() >= 400) {
                    refused.add(response.status() + " " + response.url());
                }
            });
            page.onRequestFinished(request -> underWay.remove(request.url()));
            page.onRequestFailed(request -> {
                underWay.remove(request.url());
                refused.add(request.failure() + " " + request.url());
            });
            page.onRequest(request -> {
                underWay.add(request.url());
                URI address = URI.create(request.url());
                if (!hub.getAuthority().equals(address.getAuthority()) && !"data".equals(address.getScheme())) {
                    faults.add("a request to elsewhere: " + address.getAuthority());
                }
            });
        }

        /** Logs in as an operator of the demo. */
        public Visitor signIn(String operator) {
            open("/login");
            page.fill("input[name=username]", operator);
            page.fill("input[name=password]", "demo-" + operator);
            page.click("main button.primary");
            return isLedTo(address -> !address.contains("/login"));
        }

        /** Waits until the window is at such an address; says where it is when it isn't led there. */
        public Visitor isLedTo(Predicate<String> address) {
            try {
                page.waitForURL(address);
            } catch (TimeoutError e) {
                throw new AssertionError(
                        "still at %s, its stream %s; refused: %s; under way: %s; faults: %s"
                                .formatted(
                                        page.url(), page.locator("#live").allTextContents(), refused, underWay, faults),
                        e);
            }
            return this;
        }

        /** Opens a page of the hub and waits until it is there. */
        public Visitor open(String path) {
            page.navigate(path);
            return this;
        }

        /** The window itself. */
        public Page page() {
            return page;
        }

        /** Holds the page to WCAG 2.2 AA, and to have asked for nothing elsewhere and complained of nothing. */
        public Visitor isClean() {
            List<String> found = new ArrayList<>(faults);
            AxeRunOptions options = new AxeRunOptions();
            options.setResultTypes(List.of("violations"));
            for (Rule rule : new AxeBuilder(page)
                    .options(options)
                    // In the page itself: without frames of others there is nothing to put together in a second one.
                    .setLegacyMode(true)
                    .withTags(List.of("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"))
                    .analyze()
                    .getViolations()) {
                rule.getNodes()
                        .forEach(node ->
                                found.add(rule.getId() + ": " + node.getHtml() + " " + node.getFailureSummary()));
            }
            assertThat(found)
                    .as("%s as %s", URI.create(page.url()).getPath(), view)
                    .isEmpty();
            Object wide = page.evaluate(
                    "() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1");
            assertThat(wide)
                    .as("%s as %s is wider than the screen", page.url(), view)
                    .isEqualTo(false);
            return this;
        }

        /** Keeps what is to be seen below {@code target/console}. */
        public Visitor picture(String name) {
            photograph(new Page.ScreenshotOptions()
                    .setFullPage(true)
                    .setPath(PICTURES.resolve(name + "-" + view + ".png")));
            return this;
        }

        /**
         * Chromium refuses a picture once in some thousand and takes the same one a moment later:
         * https://github.com/MarketSquare/robotframework-browser/issues/5237
         */
        private byte[] photograph(Page.ScreenshotOptions options) {
            try {
                return page.screenshot(options);
            } catch (PlaywrightException e) {
                if (!e.getMessage().contains("Unable to capture screenshot")) {
                    throw e;
                }
                return page.screenshot(options);
            }
        }

        /** Keeps what is to be seen for the handbook too: its first screen, in English and by day. It must not be out of date. */
        public Visitor handbook(String name) {
            picture(name);
            if (!view.equals(new View("en", false, false))) {
                return this;
            }
            if (Boolean.getBoolean("hub.write")) {
                Palette.write(photograph(new Page.ScreenshotOptions()), HANDBOOK.resolve(name + ".png"));
                Shown.on(page).keep(name, SHOWN);
            }
            Shown.on(page).hold(name, SHOWN);
            return this;
        }

        @Override
        public void close() {
            context.close();
        }
    }
}
