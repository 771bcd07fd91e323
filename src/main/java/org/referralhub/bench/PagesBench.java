package org.referralhub.bench;

import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Asks a running hub for every page of its console, as people of the demo who have logged in, one request after the other. */
final class PagesBench {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int WARM_UP = 40;
    /** What looks at everything is asked for so often only. */
    private static final int FEW = 3;

    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");
    private static final Pattern NEXT = Pattern.compile("href=\"(/desk\\?[^\"]*after=[^\"]+)\"");

    private final URI hub;
    private final Content content;
    private final int requests;
    private final Random random;

    /**
     * What the hub holds, to ask for others each time.
     *
     * @param groups fingerprints
     */
    record Content(List<String> letters, List<String> groups, List<String> referrals, List<String> agencies) {}

    /**
     * Milliseconds for one page, whole.
     *
     * @param counted false for what looks at every row by order of a person; it is no part of the verdict
     */
    record Measured(String page, int requests, double p50, double p95, double worst, boolean counted) {}

    /** Told before each page. */
    interface Progress {
        void step(String page);
    }

    /** A page and where it is found, each time another. */
    private record Page(String name, Person person, Supplier<String> path, boolean counted) {}

    /** @param requests how often each page is measured */
    PagesBench(URI hub, Content content, int requests, long seed) {
        this.hub = hub;
        this.content = content;
        this.requests = requests;
        this.random = new Random(seed);
    }

    /** Every page of the console, in the order of its navigation. */
    List<Measured> measure(Progress progress) throws IOException, InterruptedException {
        List<Measured> measured = new ArrayList<>();
        for (Page page : pages(new Person("operator"), new Person("administrator"))) {
            progress.step(page.name());
            measured.add(measure(page));
        }
        return measured;
    }

    private List<Page> pages(Person operator, Person administrator) throws IOException, InterruptedException {
        String second = operator.find("/desk", NEXT).replace("&amp;", "&");
        String run = operator.run(any(content.groups()));
        String rehearsal = operator.post("/desk/rehearsals", Map.of("letter", any(content.letters())));
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        YearMonth month = YearMonth.from(today);
        List<Page> pages = new ArrayList<>();
        pages.add(page("overview", operator, () -> "/"));
        pages.add(page("desk", operator, () -> "/desk"));
        pages.add(page("desk, the next page", operator, () -> second));
        pages.add(page("desk, of one agency", operator, () -> "/desk?agency=" + any(content.agencies())));
        pages.add(page("desk, to one recipient", operator, () -> "/desk?recipient=" + any(content.agencies())));
        pages.add(page("desk, routine only", operator, () -> "/desk?urgency=ROUTINE"));
        pages.add(page("desk, nothing found", operator, () -> "/desk?q=nobody-" + random.nextInt()));
        pages.add(page("desk, of one referral", operator, () -> "/desk?referral=" + any(content.referrals())));
        pages.add(page("causes", operator, () -> "/desk/groups"));
        pages.add(page("cause", operator, () -> "/desk/groups/" + any(content.groups())));
        pages.add(page("letter", operator, () -> "/desk/letters/" + any(content.letters())));
        pages.add(page("rehearsal", operator, () -> rehearsal));
        pages.add(page("runs", operator, () -> "/desk/runs"));
        pages.add(page("run", operator, () -> run));
        pages.add(page("referrals", operator, () -> "/referrals"));
        pages.add(page("referrals, of one agency", operator, () -> "/referrals?agency=" + any(content.agencies())));
        pages.add(page("referrals, overdue", operator, () -> "/referrals?overdue=true"));
        pages.add(page(
                "referrals, three filters",
                operator,
                () -> "/referrals?concern=NEGLECT&urgency=URGENT&agency=" + any(content.agencies())));
        pages.add(page("referral", operator, () -> "/referrals/" + any(content.referrals())));
        pages.add(page("agencies", operator, () -> "/agencies"));
        pages.add(page("agency", operator, () -> "/agencies/" + any(content.agencies())));
        pages.add(page("routes", operator, () -> "/routes"));
        pages.add(page("books", operator, () -> "/books"));
        pages.add(page("books, of one agency", operator, () -> "/books?agency=" + any(content.agencies())));
        pages.add(page("alarms", operator, () -> "/alarms"));
        pages.add(page("statistics, the form", administrator, () -> "/statistics"));
        pages.add(page("audit", administrator, () -> "/audit"));
        pages.add(page("audit, of one person", administrator, () -> "/audit?actor=operator"));
        pages.add(page("audit, of one letter", administrator, () -> "/audit?subject=" + any(content.letters())));
        pages.add(page("users", administrator, () -> "/users"));
        pages.add(whole("books of a day, every row", operator, () -> "/books/verification?day=" + today.minusDays(1)));
        pages.add(whole("statistics of a month", administrator, () -> "/statistics?from=%1$s&to=%1$s&by=concern"
                .formatted(month)));
        pages.add(whole("audit, a step of its chain", administrator, () -> "/audit/verification"));
        return pages;
    }

    private static Page page(String name, Person person, Supplier<String> path) {
        return new Page(name, person, path, true);
    }

    private static Page whole(String name, Person person, Supplier<String> path) {
        return new Page(name, person, path, false);
    }

    private String any(List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    private Measured measure(Page page) throws IOException, InterruptedException {
        int times = page.counted() ? requests : Math.min(FEW, requests);
        for (int i = 0; page.counted() && i < WARM_UP; i++) {
            page.person().open(page.path().get());
        }
        long[] nanos = new long[times];
        for (int i = 0; i < times; i++) {
            String path = page.path().get();
            long began = System.nanoTime();
            page.person().open(path);
            nanos[i] = System.nanoTime() - began;
        }
        Arrays.sort(nanos);
        return new Measured(
                page.name(),
                times,
                nanos[times / 2] / 1e6,
                nanos[Math.max(0, (int) Math.ceil(times * 0.95) - 1)] / 1e6,
                nanos[times - 1] / 1e6,
                page.counted());
    }

    /** Somebody of the demo with a session. */
    private final class Person {
        private final HttpClient http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .cookieHandler(new CookieManager())
                .build();
        private String token;

        Person(String name) throws IOException, InterruptedException {
            token = find("/login", TOKEN);
            post("/login", Map.of("username", name, "password", "demo-" + name));
            token = find("/", TOKEN);
        }

        /** @throws BenchException when the page is not there */
        private String open(String path) throws IOException, InterruptedException {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(hub.resolve(path))
                            .timeout(PATIENCE)
                            .header("Accept", "text/html")
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new BenchException("%s answers %d".formatted(path, answer.statusCode()));
            }
            return answer.body();
        }

        private String find(String path, Pattern pattern) throws IOException, InterruptedException {
            Matcher found = pattern.matcher(open(path));
            if (!found.find()) {
                throw new BenchException("%s does not hold what is looked for".formatted(path));
            }
            return found.group(1);
        }

        /** Sends a form and says where it leads to. */
        private String post(String path, Map<String, String> fields) throws IOException, InterruptedException {
            String form = fields.entrySet().stream()
                    .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                    .collect(Collectors.joining("&", "", "&_csrf=" + URLEncoder.encode(token, StandardCharsets.UTF_8)));
            HttpResponse<Void> answer = http.send(
                    HttpRequest.newBuilder(hub.resolve(path))
                            .timeout(PATIENCE)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(HttpRequest.BodyPublishers.ofString(form))
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            String location = answer.headers().firstValue("Location").orElse("");
            if (location.isEmpty()) {
                throw new BenchException("%s answers %d".formatted(path, answer.statusCode()));
            }
            return URI.create(location).getRawPath();
        }

        /** A run of a cause, stopped at once: its page is what counts. */
        private String run(String group) throws IOException, InterruptedException {
            String run = post("/desk/runs", Map.of("group", group, "reason", "benchmark", "perMinute", "1"));
            post(run, Map.of("act", "stop"));
            return run;
        }
    }
}
