package org.referralhub.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Killed again and again around the database's commit and the broker's, with the clock moved by hours and days in between:
 * what was accepted is delivered, each message once, and every deadline fires once.
 */
class KilledLedgerIT {
    /** With this a process ends that has halted at its failpoint. */
    static final int HALTED = 86;

    /** Kills of a process cost two seconds each; as many as one asks for with {@code -Dhub.kills=200}. */
    private static final int PROCESSES = Integer.getInteger("hub.kills", 12);

    /** The same within this process: cut connections, lost memory, and often a broker that begins again from its journal. */
    private static final int KILLS = 200;

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void aProcessThatHaltsAtAFailpointLosesNothingAndSendsNothingTwice() throws Exception {
        Random random = new Random(108);
        for (int run = 0; run < PROCESSES; run++) {
            Failpoint.Place place = Failpoint.Place.values()[run % Failpoint.Place.values().length];
            assertThat(start(run, place, random.nextInt(2)))
                    .as("run %d, at %s: %s", run, place, Files.readString(log()))
                    .isEqualTo(HALTED);
        }
        try (LedgerWorld world = new LedgerWorld(folder)) {
            world.startBroker();
            world.moveClock(PROCESSES);
            world.startStages(Failpoint.NONE);
            settle(world, PROCESSES);
        }
    }

    @Test
    void twoHundredKillsLoseNothingAndSendNothingTwice() throws Exception {
        Random random = new Random(20261122);
        AtomicInteger kills = new AtomicInteger();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        // The ledger's thread dies of it, as it should.
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> assertThat(e).isInstanceOf(LedgerWorld.Killed.class));
        try (LedgerWorld world = new LedgerWorld(folder)) {
            world.startBroker();
            for (int run = 0; run < KILLS; run++) {
                Failpoint.Place fatal = Failpoint.Place.values()[random.nextInt(Failpoint.Place.values().length)];
                AtomicInteger left = new AtomicInteger(random.nextInt(2));
                CountDownLatch killed = new CountDownLatch(1);
                world.accept(run);
                world.moveClockOnce(run);
                world.startStages(place -> {
                    if (place == fatal && left.getAndDecrement() == 0) {
                        kills.incrementAndGet();
                        killed.countDown();
                        world.kill();
                    }
                });
                assertThat(killed.await(60, TimeUnit.SECONDS))
                        .as("killed in run %d", run)
                        .isTrue();
                world.stopStages();
                if (run % 10 == 9) {
                    world.restartBroker();
                }
            }
            world.startStages(Failpoint.NONE);
            settle(world, KILLS);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(kills.get()).isEqualTo(KILLS);
    }

    private static void settle(LedgerWorld world, int runs) throws Exception {
        awaitQuiet(world);
        while (world.query("select count(*) from clock where state = 'RUNNING'") > 0) {
            // The ladder adds clocks as it climbs.
            world.clock.move(Duration.ofDays(4));
            awaitQuiet(world);
        }
        long accepted = world.query("select count(*) from message");
        assertThat(accepted).isEqualTo((long) runs * LedgerWorld.ACCEPTED);
        List<String> delivered = world.delivered();
        assertThat(delivered).doesNotHaveDuplicates();
        assertThat((long) delivered.size())
                .isEqualTo(world.query("select count(*) from delivery where state = 'DELIVERED'"))
                .isGreaterThan(accepted);
        // What was called off before it left is the rest.
        assertThat(world.query("select count(*) from delivery where state not in ('DELIVERED', 'WITHDRAWN')"))
                .isZero();
        // Each deadline that has run out is told to both sides, once.
        long fired = world.query("select count(*) from clock where fired_at is not null");
        assertThat(fired).isGreaterThan(runs);
        assertThat(world.query("select count(*) from delivery where type = 'ESCALATE'"))
                .isEqualTo(2 * fired);
        assertThat(world.query("select count(*) from clock where state = 'RUNNING'"))
                .isZero();
        assertThat(world.books().verify().faults()).isEmpty();
    }

    private static void awaitQuiet(LedgerWorld world) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(250)).untilAsserted(() -> {
            // What came too early has waited long enough some time, and is announced again if that was lost.
            world.clock.move(Duration.ofSeconds(15));
            assertThat(world.unfinished()).as("%s", world.held()).isEmpty();
        });
    }

    private int start(int run, Failpoint.Place place, int before) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "-Xshare:auto",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                LedgerWorld.class.getName(),
                folder.toString(),
                Integer.toString(run),
                place.name(),
                Integer.toString(before)));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        try {
            return process.waitFor(60, TimeUnit.SECONDS) ? process.exitValue() : -1;
        } finally {
            process.destroyForcibly();
        }
    }

    private Path log() {
        return folder.resolve("run.log");
    }
}
