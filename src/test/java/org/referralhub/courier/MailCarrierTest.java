package org.referralhub.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.mail.smime.SMIMEEnveloped;
import org.bouncycastle.mail.smime.SMIMEUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.referralhub.agency.Transport;
import org.referralhub.testing.TestCertificates;

/** Against a real mail server. */
@Timeout(60)
class MailCarrierTest {
    private static final String SECRET = "Номин хүүхэд";
    private static final Document DOCUMENT = new Document(
            "0f0c1c52-3f0c-8c9e-9d3a-0f4f6f1d2a11",
            "REQUEST",
            "r-1",
            "RF-7K2M-Q8XD-3F5T",
            "IMMEDIATE",
            "application/json",
            ("{\"name\":\"" + SECRET + "\"}").getBytes(StandardCharsets.UTF_8),
            Instant.parse("2026-11-22T13:30:00Z"),
            null);

    private final GreenMail post = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));

    @BeforeEach
    void start() {
        post.start();
    }

    @AfterEach
    void stop() {
        post.stop();
    }

    private MailCarrier carrier(X509Certificate certificate, int port) {
        return new MailCarrier(
                new Transport.Mail(
                        new Transport.MailServer("127.0.0.1", port, false, List.of(), null, null, "hub@example.org"),
                        "office@example.org",
                        "https://hub.example.org/inbox/{id}",
                        certificate,
                        Duration.ofSeconds(5)),
                Clock.systemUTC());
    }

    @Test
    void without_a_certificate_it_tells_reference_and_link_and_nothing_personal() throws Exception {
        carrier(null, post.getSmtp().getPort()).bring(DOCUMENT);

        MimeMessage mail = post.getReceivedMessages()[0];
        assertThat(mail.getSubject()).isEqualTo("Referral Hub: RF-7K2M-Q8XD-3F5T, REQUEST, IMMEDIATE");
        assertThat(mail.getMessageID()).isEqualTo("<" + DOCUMENT.id() + "@referral-hub>");
        assertThat(mail.getHeader("Idempotency-Key")).containsExactly(DOCUMENT.id());
        assertThat(mail.getContent().toString())
                .contains("RF-7K2M-Q8XD-3F5T", "https://hub.example.org/inbox/" + DOCUMENT.id(), "Лавлах дугаар")
                .doesNotContain(SECRET);
    }

    @Test
    void with_a_certificate_only_the_agency_can_read_the_document() throws Exception {
        TestCertificates office = TestCertificates.mailbox(KeyUsage.keyEncipherment, Duration.ofDays(1));
        carrier(office.certificate(), post.getSmtp().getPort()).bring(DOCUMENT);

        MimeMessage mail = post.getReceivedMessages()[0];
        assertThat(mail.getContentType()).startsWith("application/pkcs7-mime");
        java.io.ByteArrayOutputStream raw = new java.io.ByteArrayOutputStream();
        mail.writeTo(raw);
        assertThat(raw.toString(StandardCharsets.UTF_8)).doesNotContain(SECRET).doesNotContain("name\"");
        MimeMultipart opened = (MimeMultipart) opened(mail, office).getContent();
        assertThat(opened.getCount()).isEqualTo(2);
        MimeBodyPart file = (MimeBodyPart) opened.getBodyPart(1);
        assertThat(file.getFileName()).isEqualTo(DOCUMENT.fileName()).endsWith(DOCUMENT.id() + ".json");
        assertThat(file.getInputStream().readAllBytes()).isEqualTo(DOCUMENT.body());

        TestCertificates another = TestCertificates.mailbox(KeyUsage.keyEncipherment, Duration.ofDays(1));
        assertThatThrownBy(() -> opened(mail, another)).isInstanceOf(Exception.class);
    }

    @Test
    void for_a_certificate_that_has_run_out_nothing_is_sent_and_the_document_waits() {
        TestCertificates office = TestCertificates.mailbox(KeyUsage.keyEncipherment, Duration.ofDays(-1));
        MailCarrier carrier = carrier(office.certificate(), post.getSmtp().getPort());

        UndeliveredException failed = catchThrowableOfType(UndeliveredException.class, () -> carrier.bring(DOCUMENT));
        assertThat(failed.code()).isEqualTo("certificate-expired");
        assertThat(failed.next()).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(post.getReceivedMessages()).isEmpty();
    }

    private static MimeBodyPart opened(MimeMessage mail, TestCertificates office) throws Exception {
        RecipientInformation recipient = new SMIMEEnveloped(mail)
                .getRecipientInfos()
                .getRecipients()
                .iterator()
                .next();
        return SMIMEUtil.toMimeBodyPart(recipient.getContent(
                new JceKeyTransEnvelopedRecipient(office.keys().getPrivate())));
    }

    @Test
    void a_server_that_is_away_is_asked_again() {
        int port = post.getSmtp().getPort();
        post.stop();

        UndeliveredException failed = catchThrowableOfType(
                UndeliveredException.class, () -> carrier(null, port).bring(DOCUMENT));
        assertThat(failed.code()).isEqualTo("unreachable");
        assertThat(failed.next()).isEqualTo(UndeliveredException.Next.AGAIN);
    }

    @Test
    void a_server_without_tls_gets_nothing_when_tls_is_asked_for() {
        MailCarrier strict = new MailCarrier(
                new Transport.Mail(
                        new Transport.MailServer(
                                "127.0.0.1",
                                post.getSmtp().getPort(),
                                true,
                                List.of(),
                                "hub",
                                "secret".toCharArray(),
                                "hub@example.org"),
                        "office@example.org",
                        null,
                        null,
                        Duration.ofSeconds(5)),
                Clock.systemUTC());

        UndeliveredException failed = catchThrowableOfType(UndeliveredException.class, () -> strict.bring(DOCUMENT));
        assertThat(failed.next()).isEqualTo(UndeliveredException.Next.AGAIN);
        assertThat(post.getReceivedMessages()).isEmpty();
    }
}
