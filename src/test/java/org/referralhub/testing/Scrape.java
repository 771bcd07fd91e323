package org.referralhub.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Prometheus reads from a running hub. */
public final class Scrape {
    private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\S+) (\\S+)$");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{[^\\n]*})? (\\S+)$");

    private final String text;

    private Scrape(String text) {
        this.text = text;
    }

    /** Reads it as the demo's operator. */
    public static Scrape of(RunningHub hub) throws IOException, InterruptedException {
        String login = Base64.getEncoder().encodeToString("operator:demo-operator".getBytes(StandardCharsets.UTF_8));
        HttpRequest request = HttpRequest.newBuilder(URI.create(hub.url() + "/actuator/prometheus"))
                .header("Authorization", "Basic " + login)
                .build();
        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException("the metrics answer " + answer.statusCode());
        }
        return new Scrape(answer.body());
    }

    /** As it came. */
    public String text() {
        return text;
    }

    /** Each metric with its type, as Prometheus calls it. */
    public Map<String, String> types() {
        Map<String, String> types = new TreeMap<>();
        Matcher type = TYPE.matcher(text);
        while (type.find()) {
            types.put(type.group(1), type.group(2));
        }
        return types;
    }

    /** Every name that a query may use. */
    public Set<String> names() {
        Set<String> names = new TreeSet<>();
        Matcher sample = SAMPLE.matcher(text);
        while (sample.find()) {
            names.add(sample.group(1));
        }
        return names;
    }

    /** The first value of this metric whose labels hold this text; empty when there is none. */
    public OptionalDouble value(String name, String labels) {
        Matcher sample = SAMPLE.matcher(text);
        while (sample.find()) {
            String own = sample.group(2) == null ? "" : sample.group(2);
            if (sample.group(1).equals(name) && own.contains(labels)) {
                return OptionalDouble.of(Double.parseDouble(sample.group(3)));
            }
        }
        return OptionalDouble.empty();
    }
}
