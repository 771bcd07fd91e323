package org.referralhub.courier;

import jakarta.activation.DataHandler;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Authenticator;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.util.ByteArrayDataSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.mail.smime.SMIMEEnvelopedGenerator;
import org.bouncycastle.mail.smime.SMIMEException;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.util.MailConnectException;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Transport;

/**
 * A mail for each document. Without a certificate it says that something waits, by its reference and a link, and nothing
 * personal; with one the document is in it, encrypted for whoever has the certificate's key (S/MIME). Subject and headers hold
 * the reference, the kind of message and its urgency only.
 */
final class MailCarrier implements Carrier {
    private static final String TEXT = """
            Танд хүүхэд хамгааллын лавлагааны систем дээр мессеж ирсэн байна.
            Лавлах дугаар: %1$s. Төрөл: %2$s. Яаралтай эсэх: %3$s.
            %4$s

            A message for you has come to the referral hub.
            Reference: %1$s. Kind: %2$s. Urgency: %3$s.
            %5$s
            """;

    private final Transport.Mail settings;
    private final Session session;
    private final Clock clock;

    MailCarrier(Transport.Mail settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        Transport.MailServer server = settings.server();
        Properties properties = new Properties();
        properties.put("mail.transport.protocol", "smtp");
        properties.put("mail.smtp.host", server.host());
        properties.put("mail.smtp.port", Integer.toString(server.port()));
        properties.put("mail.smtp.starttls.enable", Boolean.toString(server.startTls()));
        properties.put("mail.smtp.starttls.required", Boolean.toString(server.startTls()));
        properties.put("mail.smtp.ssl.checkserveridentity", "true");
        String timeout = Long.toString(settings.timeout().toMillis());
        for (String limit : List.of("connectiontimeout", "timeout", "writetimeout")) {
            properties.put("mail.smtp." + limit, timeout);
        }
        if (!server.trust().isEmpty()) {
            properties.put(
                    "mail.smtp.ssl.socketFactory",
                    TrustedServers.context(server.trust()).getSocketFactory());
        }
        this.session = Session.getInstance(properties, login(server, properties));
    }

    private static @Nullable Authenticator login(Transport.MailServer server, Properties properties) {
        String user = server.user();
        char[] password = server.password();
        if (user == null || password == null) {
            return null;
        }
        properties.put("mail.smtp.auth", "true");
        return new Authenticator() {
            @Override
            protected PasswordAuthentication getPasswordAuthentication() {
                return new PasswordAuthentication(user, new String(password));
            }
        };
    }

    @Override
    public void bring(Document document) {
        X509Certificate certificate = settings.certificate();
        if (certificate != null) {
            // Whoever lets it run out may have lost its key; with the next one the document goes out by itself.
            try {
                certificate.checkValidity(Date.from(clock.instant()));
            } catch (CertificateExpiredException e) {
                throw UndeliveredException.again("certificate-expired");
            } catch (CertificateNotYetValidException e) {
                throw UndeliveredException.again("certificate-not-yet-valid");
            }
        }
        try {
            MimeMessage mail = new Named(session, document.id());
            mail.setFrom(new InternetAddress(settings.server().from()));
            mail.setRecipient(Message.RecipientType.TO, new InternetAddress(settings.to()));
            mail.setSubject(
                    "Referral Hub: %s, %s, %s".formatted(reference(document), type(document), urgency(document)));
            mail.setSentDate(Date.from(clock.instant()));
            mail.setHeader("Idempotency-Key", document.id());
            mail.setHeader("Auto-Submitted", "auto-generated");
            if (certificate == null) {
                mail.setText(text(document, link(document), link(document)), StandardCharsets.UTF_8.name());
            } else {
                MimeBodyPart encrypted = encrypted(document, certificate);
                mail.setContent(encrypted.getContent(), encrypted.getContentType());
                for (String header :
                        List.of("Content-Disposition", "Content-Description", "Content-Transfer-Encoding")) {
                    String value = encrypted.getHeader(header, null);
                    if (value != null) {
                        mail.setHeader(header, value);
                    }
                }
            }
            mail.saveChanges();
            jakarta.mail.Transport.send(mail);
        } catch (SMIMEException | CMSException | GeneralSecurityException | IOException e) {
            throw UndeliveredException.refused("not-encrypted");
        } catch (MessagingException e) {
            throw undelivered(e);
        }
    }

    private static MimeBodyPart encrypted(Document document, X509Certificate certificate)
            throws MessagingException, GeneralSecurityException, SMIMEException, CMSException, IOException {
        MimeBodyPart words = new MimeBodyPart();
        words.setText(
                text(document, "Баримт хавсралтад байна.", "The document is attached."), StandardCharsets.UTF_8.name());
        MimeBodyPart file = new MimeBodyPart();
        file.setDataHandler(new DataHandler(new ByteArrayDataSource(document.body(), document.contentType())));
        file.setFileName(document.fileName());
        MimeMultipart both = new MimeMultipart(words, file);
        MimeBodyPart whole = new MimeBodyPart();
        whole.setContent(both);
        SMIMEEnvelopedGenerator generator = new SMIMEEnvelopedGenerator();
        generator.addRecipientInfoGenerator(new JceKeyTransRecipientInfoGenerator(certificate));
        return generator.generate(whole, new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC).build());
    }

    private static String text(Document document, String mn, String en) {
        return TEXT.formatted(reference(document), type(document), urgency(document), mn, en);
    }

    private String link(Document document) {
        String link = settings.link();
        return link == null ? "" : link.replace("{id}", document.id());
    }

    private static String reference(Document document) {
        return Objects.requireNonNullElse(document.reference(), "-");
    }

    private static String type(Document document) {
        return Objects.requireNonNullElse(document.messageType(), "-");
    }

    private static String urgency(Document document) {
        return Objects.requireNonNullElse(document.urgency(), "-");
    }

    /** A 5xx of the server is final, a 4xx is for the moment; without either nobody knows whether it was taken. */
    private static UndeliveredException undelivered(MessagingException failure) {
        int status = 0;
        for (Exception e = failure; e instanceof MessagingException messaging; e = messaging.getNextException()) {
            if (e instanceof AuthenticationFailedException) {
                return UndeliveredException.again("login-refused");
            }
            if (e instanceof MailConnectException) {
                return UndeliveredException.again("unreachable");
            }
            if (e instanceof SMTPAddressFailedException address) {
                status = address.getReturnCode();
            } else if (e instanceof SMTPSendFailedException sending && status == 0) {
                status = sending.getReturnCode();
            }
        }
        if (status / 100 == 5) {
            return UndeliveredException.refused("answer-" + status);
        }
        if (status > 0) {
            return UndeliveredException.again("answer-" + status);
        }
        return failure instanceof SendFailedException
                ? UndeliveredException.refused("mailbox-refused")
                : UndeliveredException.again("connection-broken");
    }

    /** With the delivery's id as its own, so that a mailbox can tell a repeat. */
    private static final class Named extends MimeMessage {
        private final String id;

        Named(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + id + "@referral-hub>");
        }
    }
}
