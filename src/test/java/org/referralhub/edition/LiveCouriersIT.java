package org.referralhub.edition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.DeliveryEntries;
import org.referralhub.testing.LiveHome;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;

/** An agency of a hub that runs gets a courier and a collector, others, and none. */
@Timeout(240)
class LiveCouriersIT {
    private static final String AGENCIES = "config/demo/agencies.yaml";
    private static final String AGENCY = "police-capital";

    @TempDir
    Path folder;

    private RunningHub hub;

    @Test
    void its_entry_is_followed_while_it_runs_and_nothing_is_lost() throws Exception {
        LiveHome home = LiveHome.in(Files.createDirectories(folder.resolve("home")));
        String without = home.read(AGENCIES);
        try (RunningHub running = RunningHub.start(
                home.folder(), folder.resolve("data"), Map.of("hub.configuration.watch", "false"), "demo")) {
            hub = running;
            String first = call();
            await("it waits in the inbox").atMost(RunningHub.PATIENCE).until(() -> depth() == 1);

            DeliveryEntries.add(home.folder(), AGENCY, entry("one"));
            reload();
            awaitFile("one", first);
            await("the inbox is empty").atMost(RunningHub.PATIENCE).until(() -> depth() == 0);
            Path in = folder.resolve("data/in-one");
            await("the collector looks").atMost(RunningHub.PATIENCE).until(() -> Files.isDirectory(in));
            Files.writeString(in.resolve("report.xml"), Referrals.report("LIVE-1"));
            await("collected").atMost(RunningHub.PATIENCE).until(() -> Files.exists(in.resolve("done/report.xml")));

            home.write(AGENCIES, without);
            DeliveryEntries.add(home.folder(), AGENCY, entry("two"));
            reload();
            awaitFile("two", call());

            home.write(AGENCIES, without);
            reload();
            String last = call();
            hub.settle();
            assertThat(hub.waiting(AGENCY, last)).hasSize(1);
            assertThat(find("two", last)).isFalse();
        }
    }

    private static String entry(String name) {
        return """
                delivery: { folder: { path: %1$s, create: true } }
                    collect: { folder: { path: in-%1$s, create: true }, every: PT0.2S }
                """.formatted(name);
    }

    private void reload() {
        Participant.Answer answer =
                hub.as("integrator").post("/configuration", "application/json", "{}".getBytes(StandardCharsets.UTF_8));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    }

    private String call() {
        String id = "C-" + UUID.randomUUID();
        Participant.Answer answer = hub.as("helpline-108").send("application/json", Referrals.call(id));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return Identifiers.referralId("helpline-108", id);
    }

    private long depth() {
        return hub.bean(Broker.class).depth(Queues.inbox(AGENCY));
    }

    private void awaitFile(String name, String referral) {
        await("a file in " + name).atMost(RunningHub.PATIENCE).until(() -> find(name, referral));
    }

    private boolean find(String name, String referral) throws IOException {
        Path drop = folder.resolve("data").resolve(name);
        if (!Files.isDirectory(drop)) {
            return false;
        }
        try (Stream<Path> files = Files.list(drop)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".xml")).toList()) {
                if (Files.readString(file).contains(referral)) {
                    return true;
                }
            }
        }
        return false;
    }
}
