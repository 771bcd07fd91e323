package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.activemq.artemis.core.client.impl.ClientMessageImpl;
import org.apache.activemq.artemis.jms.client.ActiveMQMessage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An end of the process is here what it leaves: the file as it is, and a new set of notes on it. */
@Timeout(60)
class InHandTest {
    @TempDir
    private Path folder;

    private InHand inHand;

    @BeforeEach
    void start() {
        inHand = InHand.in(folder.resolve("data/in-hand"));
    }

    private static Message message(long number) {
        ClientMessageImpl core = new ClientMessageImpl();
        core.setMessageID(number);
        return new ActiveMQMessage(core, null) {};
    }

    @Test
    void what_is_in_hand_at_every_end_is_counted_and_what_is_not_is_forgotten() {
        for (int end = 1; end <= InHand.ENDS; end++) {
            try (InHand.Hold done = inHand.take(message(100 + end))) {
                assertThat(inHand.ends(message(100 + end))).isZero();
            }
            inHand.take(message(7));
            start();
            assertThat(inHand.left()).isPositive();
            assertThat(inHand.ends(message(7))).isEqualTo(end);
            assertThat(inHand.ends(message(100 + end))).isZero();
        }
        start();
        assertThat(inHand.ends(message(7)))
                .as("it was not in hand the last time")
                .isZero();
        assertThat(inHand.left()).isZero();
    }

    @Test
    void a_suspect_that_is_done_is_none_any_more() {
        inHand.take(message(7));
        start();
        inHand.take(message(7)).close();
        assertThat(inHand.ends(message(7))).isZero();
        start();
        assertThat(inHand.left()).isZero();
    }

    @Test
    void an_end_with_a_batch_in_hand_suspects_nobody_and_says_so() {
        inHand.takeBatch(48).close();
        start();
        assertThat(inHand.left()).isZero();
        inHand.takeBatch(48);
        start();
        assertThat(inHand.left()).isEqualTo(48);
    }

    @Test
    void a_suspect_is_alone_in_hand() throws Exception {
        inHand.take(message(7));
        start();
        InHand.Hold other = inHand.take(message(8));
        CompletableFuture<InHand.Hold> suspect = CompletableFuture.supplyAsync(() -> inHand.take(message(7)));
        assertThat(suspect).isNotDone();
        other.close();
        InHand.Hold alone = suspect.get(10, TimeUnit.SECONDS);
        CompletableFuture<InHand.Hold> later = CompletableFuture.supplyAsync(() -> inHand.take(message(9)));
        assertThat(later).isNotDone();
        alone.close();
        later.get(10, TimeUnit.SECONDS).close();
    }

    @Test
    void more_than_can_be_noted_is_not_noted_and_not_held_up() {
        for (int i = 1; i <= 1_000; i++) {
            inHand.take(message(i));
        }
        start();
        assertThat(inHand.left()).isPositive();
        assertThat(inHand.ends(message(1))).isEqualTo(1);
        assertThat(inHand.ends(message(1_000))).isZero();
    }

    @Test
    void a_damaged_file_suspects_nobody() throws Exception {
        Files.write(folder.resolve("data/in-hand"), new byte[] {1, 2, 3});
        start();
        assertThat(inHand.left()).isZero();
        inHand.take(message(7));
        start();
        assertThat(inHand.ends(message(7))).isEqualTo(1);
    }

    @Test
    void a_damaged_count_of_a_batch_is_none() throws Exception {
        Path file = folder.resolve("data/in-hand");
        byte[] notes = Files.readAllBytes(file);
        java.util.Arrays.fill(notes, Long.BYTES, 2 * Long.BYTES, (byte) -1);
        Files.write(file, notes);
        start();
        assertThat(inHand.left()).isZero();
    }

    @Test
    void the_file_has_its_size_before_it_is_mapped() throws Exception {
        assertThat(Files.size(folder.resolve("data/in-hand"))).isEqualTo(3072);
    }
}
