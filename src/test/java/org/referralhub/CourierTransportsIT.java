package org.referralhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.broker.Broker;
import org.referralhub.courier.Couriers;
import org.referralhub.message.Identifiers;
import org.referralhub.message.Queues;
import org.referralhub.testing.DeliveryEntries;
import org.referralhub.testing.Participant;
import org.referralhub.testing.Referrals;
import org.referralhub.testing.RunningHub;
import org.referralhub.testing.TestCertificates;

/** The other ways on the whole hub, with a real SFTP server and a real mail server. */
@Timeout(180)
class CourierTransportsIT {
    private static final String HELPLINE = "helpline-108";
    private static final String SFTP = "police-capital";
    private static final String NOTICED = "social-work-111095";
    private static final String MAILED = HELPLINE;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    static Path root;

    private static SshServer ssh;
    private static GreenMail post;
    private static RunningHub hub;

    @BeforeAll
    static void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        KeyPair hostKey = generator.generateKeyPair();
        Files.createDirectories(root.resolve("sftp/out"));
        Files.createDirectories(root.resolve("sftp/in"));
        ssh = SshServer.setUpDefaultServer();
        ssh.setHost("127.0.0.1");
        ssh.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        ssh.setPasswordAuthenticator((user, password, session) -> user.equals("hub") && password.equals("s3cret"));
        ssh.setSubsystemFactories(List.of(new SftpSubsystemFactory.Builder().build()));
        ssh.setFileSystemFactory(new VirtualFileSystemFactory(root.resolve("sftp")));
        ssh.start();
        post = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
        post.start();
        RunningHub.copyHome(root);
        TestCertificates.mailbox(KeyUsage.keyEncipherment, Duration.ofDays(1))
                .write(root.resolve("secrets/helpline.pem"));
        String server = "{ host: 127.0.0.1, port: %d, startTls: false, from: hub@example.org }"
                .formatted(post.getSmtp().getPort());
        String sftp =
                "{ host: 127.0.0.1, port: %d, user: hub, path: %s, hostKey: \"%s\", password: { plain: s3cret } }";
        DeliveryEntries.add(root, SFTP, """
                delivery: { sftp: %s }
                    collect: { sftp: %s, every: PT0.2S }
                """.formatted(
                        sftp.formatted(ssh.getPort(), "/out", PublicKeyEntry.toString(hostKey.getPublic())),
                        sftp.formatted(ssh.getPort(), "/in", PublicKeyEntry.toString(hostKey.getPublic()))));
        DeliveryEntries.add(
                root,
                NOTICED,
                "delivery: { mail: { server: %s, to: social-work@example.org, link: \"https://hub.example.org/inbox/{id}\" } }"
                        .formatted(server));
        DeliveryEntries.add(
                root,
                MAILED,
                "delivery: { mail: { server: %s, to: helpline@example.org, certificate: secrets/helpline.pem } }"
                        .formatted(server));
        hub = RunningHub.start(root, root.resolve("data"), Map.of(), "demo");
    }

    @AfterAll
    static void stop() throws IOException {
        hub.close();
        post.stop();
        ssh.stop(true);
    }

    private static String call() {
        String id = "C-" + UUID.randomUUID();
        Participant.Answer answer = hub.as(HELPLINE).send("application/json", Referrals.call(id));
        assertThat(answer.status()).as(answer.text()).isEqualTo(202);
        return Identifiers.referralId(HELPLINE, id);
    }

    private static Path awaitFile(String says) {
        return await("the file").atMost(PATIENCE).until(() -> file(says), found -> found != null);
    }

    private static Path file(String says) throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("sftp/out"))) {
            for (Path file : files.filter(path -> !path.getFileName().toString().startsWith("."))
                    .toList()) {
                if (Files.readString(file).contains(says)) {
                    return file;
                }
            }
        }
        return null;
    }

    private static long mails(String to, String referral) {
        return Arrays.stream(post.getReceivedMessages())
                .filter(mail -> {
                    try {
                        return mail.getAllRecipients()[0].toString().equals(to)
                                && mail.getSubject().contains(Identifiers.reference(referral));
                    } catch (jakarta.mail.MessagingException e) {
                        throw new AssertionError(e);
                    }
                })
                .count();
    }

    @Test
    void over_sftp_both_ways() throws IOException {
        String referral = call();
        assertThat(awaitFile(referral).getFileName().toString()).contains("REQUEST");

        String id = "P-" + UUID.randomUUID();
        Files.writeString(root.resolve("sftp/in/report.xml"), Referrals.report(id));
        String reported = Identifiers.referralId(SFTP, id);
        assertThat(awaitFile(reported)).as("the receipt").isNotNull();
        await("put away").atMost(PATIENCE).until(() -> Files.exists(root.resolve("sftp/in/done/report.xml")));
        await("the inbox is empty")
                .atMost(PATIENCE)
                .until(() -> hub.bean(Broker.class).depth(Queues.inbox(SFTP)) == 0);
    }

    @Test
    void a_mail_without_the_document_leaves_it_in_the_inbox_and_is_sent_once() {
        String referral = call();
        await("the mail").atMost(PATIENCE).until(() -> mails("social-work@example.org", referral) == 1);
        String second = call();
        await("the next mail").atMost(PATIENCE).until(() -> mails("social-work@example.org", second) == 1);
        assertThat(mails("social-work@example.org", referral))
                .as("not once more")
                .isEqualTo(1);

        await("it is in the inbox")
                .atMost(PATIENCE)
                .until(() -> hub.waiting(NOTICED, referral).size() == 1);
        hub.as(NOTICED).get("/inbox?max=100").json().forEach(message -> assertThat(hub.as(NOTICED)
                        .delete("/inbox/" + message.path("id").asText())
                        .status())
                .isEqualTo(204));
        assertThat(hub.bean(Broker.class).depth(Queues.inbox(NOTICED))).isZero();
        hub.settle();
    }

    /** Nobody is told by mail, but who looks finds everything there is. */
    @Test
    void while_the_mail_server_is_down_the_agency_reads_its_inbox_and_is_told_later() {
        hub.settle();
        int port = post.getSmtp().getPort();
        post.stop();
        List<String> referrals =
                Stream.generate(CourierTransportsIT::call).limit(8).toList();
        try {
            hub.settle();
            for (int looks = 0; looks < 3; looks++) {
                for (String referral : referrals) {
                    await("in the inbox while no mail goes out")
                            .atMost(PATIENCE)
                            .until(() -> hub.waiting(NOTICED, referral).size() == 1);
                }
            }
            await("left alone").atMost(PATIENCE).untilAsserted(() -> assertThat(hub.bean(Couriers.class)
                            .status(NOTICED)
                            .orElseThrow()
                            .open())
                    .isTrue());
            for (String referral : referrals) {
                assertThat(hub.waiting(NOTICED, referral)).hasSize(1);
            }
        } finally {
            post = new GreenMail(new ServerSetup(port, "127.0.0.1", "smtp"));
            post.start();
        }
        for (String referral : referrals) {
            await("the mail when the server is back")
                    .atMost(Duration.ofSeconds(90))
                    .until(() -> mails("social-work@example.org", referral) == 1);
        }
        hub.as(NOTICED).get("/inbox?max=100").json().forEach(message -> assertThat(hub.as(NOTICED)
                        .delete("/inbox/" + message.path("id").asText())
                        .status())
                .isEqualTo(204));
        assertThat(hub.bean(Broker.class).depth(Queues.inbox(NOTICED))).isZero();
        hub.settle();
    }

    @Test
    void a_mail_with_the_document_is_for_the_agency_alone() throws Exception {
        String referral = call();
        await("its receipt").atMost(PATIENCE).until(() -> mails("helpline@example.org", referral) == 1);
        await("the inbox is empty")
                .atMost(PATIENCE)
                .until(() -> hub.bean(Broker.class).depth(Queues.inbox(MAILED)) == 0);
        for (var mail : post.getReceivedMessages()) {
            java.io.ByteArrayOutputStream raw = new java.io.ByteArrayOutputStream();
            mail.writeTo(raw);
            assertThat(raw.toString(java.nio.charset.StandardCharsets.UTF_8))
                    .doesNotContain("Номин", "99112233", "record_type");
        }
    }
}
