package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.IntakeGuard;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.StockBroker;
import org.referralhub.testing.TraceCollector;
import org.referralhub.testing.TraceCollector.Span;

/** What one node takes in and another goes on with is one trace: it travels with the message and not in a node. */
class TwoNodesTraceIT {
    @TempDir
    private Path folder;

    @Test
    void a_referral_that_crosses_nodes_is_one_trace_from_the_door_to_the_inbox() throws Exception {
        Path secret = Files.writeString(folder.resolve("broker-secret"), StockBroker.SECRET + "\n");
        try (StockBroker stock = StockBroker.start(
                        Files.createDirectory(folder.resolve("shared")), 0, "STOMP", new IntakeGuard());
                EmbeddedPostgres postgres = EmbeddedPostgres.builder().start();
                TraceCollector ofTheFirst = new TraceCollector();
                TraceCollector ofTheSecond = new TraceCollector();
                RunningHub first = node("first", stock, postgres, secret, ofTheFirst);
                RunningHub second = node("second", stock, postgres, secret, ofTheSecond)) {
            AtomicInteger calls = new AtomicInteger();
            await("the second has had some in hand").atMost(RunningHub.PATIENCE).until(() -> {
                int call = calls.getAndIncrement();
                assertThat(first.as("helpline-108")
                                .send("application/json", Referrals.call("call-" + call))
                                .status())
                        .isEqualTo(202);
                return !ofTheSecond.spans().isEmpty();
            });
            assertThat(second.url()).isNotEqualTo(first.url());
            Set<String> begun = await("all have begun at the door of the first")
                    .atMost(RunningHub.PATIENCE)
                    .until(
                            () -> ofTheFirst.spans().stream()
                                    .filter(span -> span.name().equals("door"))
                                    .map(Span::trace)
                                    .collect(Collectors.toSet()),
                            traces -> traces.size() == calls.get());
            await("every trace is whole").atMost(RunningHub.PATIENCE).untilAsserted(() -> {
                Map<String, List<Span>> all = byTrace(ofTheFirst, ofTheSecond);
                assertThat(all.keySet()).as("nothing begins anew at the second").isEqualTo(begun);
                assertThat(all.values()).allSatisfy(TwoNodesTraceIT::isWhole);
            });
        }
    }

    /** One beginning, and everything else hangs on what another stage has told, whichever node it was on. */
    private static void isWhole(List<Span> trace) {
        Set<String> ids = trace.stream().map(Span::id).collect(Collectors.toSet());
        assertThat(trace).extracting(Span::name).contains("door", "intake", "ledger", "delivery");
        assertThat(trace).filteredOn(span -> span.parent().isEmpty()).hasSize(1);
        assertThat(trace).filteredOn(span -> !span.parent().isEmpty()).allSatisfy(span -> assertThat(ids)
                .contains(span.parent()));
    }

    private static Map<String, List<Span>> byTrace(TraceCollector... collectors) {
        Map<String, List<Span>> traces = new HashMap<>();
        for (TraceCollector collector : collectors) {
            collector.spans().forEach(span -> traces.computeIfAbsent(span.trace(), id -> new ArrayList<>())
                    .add(span));
        }
        return traces;
    }

    private RunningHub node(
            String name, StockBroker stock, EmbeddedPostgres postgres, Path secret, TraceCollector collector) {
        return RunningHub.start(
                folder.resolve(name),
                Map.of(
                        "hub.broker.url",
                        stock.url(),
                        "hub.broker.secret-file",
                        secret.toString(),
                        "hub.database.url",
                        postgres.getJdbcUrl("postgres", "postgres"),
                        "hub.traces.endpoint",
                        collector.endpoint()));
    }
}
