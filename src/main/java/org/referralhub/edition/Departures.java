package org.referralhub.edition;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.referralhub.agency.Agency;
import org.referralhub.broker.Broker;
import org.referralhub.configuration.ConfigurationFault;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.message.Queues;

/** Nobody may leave while something waits for them: an agency its inbox, a dialect its intake. */
final class Departures implements Follower {
    private final Broker broker;

    Departures(Broker broker) {
        this.broker = broker;
    }

    @Override
    public void check(Edition now, Edition next, Faults faults) {
        List<Agency> leaving = now.setup().agencies().all().stream()
                .filter(agency -> next.setup().agencies().find(agency.id()).isEmpty())
                .toList();
        TreeSet<String> dialects = new TreeSet<>(now.setup().dialects().names());
        dialects.removeAll(next.setup().dialects().names());
        if (leaving.isEmpty() && dialects.isEmpty()) {
            return;
        }
        Map<String, Long> depths = broker.depths();
        for (Agency agency : leaving) {
            long waiting = depths.getOrDefault(agency.inbox(), 0L);
            if (waiting > 0) {
                faults.add(where(
                        now.setup().home(),
                        agency.id(),
                        "the agency " + agency.id() + ", which stood here, has " + waiting
                                + (waiting == 1 ? " message" : " messages") + " in its inbox",
                        "Put its entry back until it has read them; GET /api/v1/agencies shows its backlog"));
            }
        }
        for (String dialect : dialects) {
            long waiting = depths.getOrDefault(Queues.intake(dialect), 0L);
            if (waiting > 0) {
                faults.add(
                        "schemas/" + dialect,
                        0,
                        0,
                        "the dialect is gone, and " + waiting + (waiting == 1 ? " message" : " messages")
                                + " in it wait",
                        "Put the folder back until they are worked on");
            }
        }
    }

    /** Where its entry stood in the version that runs. */
    private static ConfigurationFault where(HubHome home, String agency, String problem, String remedy) {
        Pattern entry =
                Pattern.compile("[\\s\\-{]*\"?id\"?\\s*:\\s*[\"']?" + Pattern.quote(agency) + "[\"']?\\s*[,}]?.*");
        try (Stream<Path> files = Files.walk(home.config())) {
            for (Path file : files.filter(one -> one.toString().endsWith(".yaml"))
                    .sorted()
                    .toList()) {
                List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
                for (int i = 0; i < lines.size(); i++) {
                    if (entry.matcher(lines.get(i)).matches()) {
                        return new ConfigurationFault(home.shown(file), i + 1, 0, problem, remedy);
                    }
                }
            }
        } catch (IOException e) {
            // Then the folder must do.
        }
        return new ConfigurationFault("config/agencies", 0, 0, problem, remedy);
    }
}
