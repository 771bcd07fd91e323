package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.referralhub.testing.Samples.bytes;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.message.Identifiers;
import org.referralhub.testing.Letter;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.Way;

/** However often and over whatever way it is sent: delivered once, and the same answer each time. */
class RepeatedMessageIT {
    private static final String HELPLINE = "helpline-108";
    private static final String SOCIAL_WORKER = "social-work-111095";

    @TempDir
    Path data;

    @Test
    void a_message_sent_again_is_delivered_once_and_answered_alike_also_after_a_restart() throws Exception {
        String id = "call-" + UUID.randomUUID();
        String referralId = Identifiers.referralId(HELPLINE, id);
        byte[] call = bytes(Referrals.call(id));
        List<String> receipts = new ArrayList<>();

        try (RunningHub hub = RunningHub.start(data, Map.of())) {
            for (Way way : List.of(Way.AMQP, Way.REST, Way.STOMP, Way.AMQP, Way.REST)) {
                way.send(hub.as(HELPLINE), "helpline", call);
                receipts.add(receipt(hub, referralId));
            }
            hub.settle();
            assertThat(hub.waiting(SOCIAL_WORKER, referralId)).hasSize(1);
            JsonNode again = answer(hub, call);
            assertThat(again.path("status").asText()).isEqualTo("duplicate");
            receipts.add(receipt(hub, referralId));
            for (Way way : List.of(Way.AMQP, Way.REST)) {
                way.send(hub.as(HELPLINE), "helpline", bytes("\n  " + new String(call, StandardCharsets.UTF_8)));
                receipts.add(receipt(hub, referralId));
            }
            refusesOtherContent(hub, id, referralId);
        }

        try (RunningHub hub = RunningHub.start(data, Map.of())) {
            for (Way way : Way.values()) {
                way.send(hub.as(HELPLINE), "helpline", call);
                receipts.add(receipt(hub, referralId));
            }
            refusesOtherContent(hub, id, referralId);
            hub.settle();
            assertThat(hub.waiting(SOCIAL_WORKER, referralId)).hasSize(1);
            assertThat(hub.referral(referralId).timeline()).hasSize(1);
        }
        assertThat(receipts).hasSize(11);
        assertThat(receipts.stream().distinct()).hasSize(1);
    }

    private static JsonNode answer(RunningHub hub, byte[] call) {
        Participant.Answer answer = hub.as(HELPLINE).post("/messages", "application/json", call);
        assertThat(answer.status()).isEqualTo(202);
        return answer.json();
    }

    private static String receipt(RunningHub hub, String referralId) throws Exception {
        Letter receipt = Way.AMQP.take(hub.as(HELPLINE), "RECEIPT", referralId);
        assertThat(receipt.json().path("status").asText()).isEqualTo("accepted");
        return receipt.body();
    }

    private static void refusesOtherContent(RunningHub hub, String id, String referralId) throws Exception {
        byte[] other = bytes(Referrals.call(id, "Өөр түүх."));

        Participant.Answer answer = hub.as(HELPLINE).post("/messages", "application/json", other);
        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().path("referralId").asText()).isEqualTo(referralId);

        Way.AMQP.send(hub.as(HELPLINE), "helpline", other);
        JsonNode receipt = Way.AMQP.takeNext(hub.as(HELPLINE)).json();
        assertThat(receipt.path("status").asText()).isEqualTo("conflict");
        assertThat(receipt.path("about").asText()).isEqualTo(id);
        hub.settle();
        assertThat(hub.waiting(SOCIAL_WORKER, referralId)).hasSize(1);
    }
}
