package org.referralhub.alarm;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.referralhub.configuration.HubHome;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.LedgerDatabase;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.mail.javamail.JavaMailSender;
import org.springframework.mail.javamail.JavaMailSenderImpl;

/** The alarms of a running hub; {@code hub.alarms.enabled: false} for a node that must never raise any. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "hub.alarms.enabled", matchIfMissing = true)
class AlarmConfiguration {
    /** Its note is which troubles the standing alarm has told of. */
    static final String LEASE = "alarms";

    @Bean
    Alarms alarms(
            LedgerDatabase database,
            AlarmSettings settings,
            HubHome home,
            Clock clock,
            MeterRegistry meters,
            AlarmHistory history,
            Troubles troubles,
            OpenAlarms open,
            ObjectProvider<Texting> texting) {
        List<Channel> channels = new ArrayList<>();
        AlarmSettings.Mail mail = settings.mail();
        if (mail != null) {
            JavaMailSender sender = sender(mail, home);
            mail.to().forEach(address -> channels.add(new MailChannel(sender, mail.from(), address)));
        }
        URI webhook = settings.webhook();
        if (webhook != null) {
            channels.add(new WebhookChannel(webhook));
        }
        if (!settings.sms().isEmpty()) {
            Texting ours =
                    texting.getIfAvailable(() -> new TextingToFiles(home.data().resolve("sms.log"), clock));
            settings.sms().forEach(number -> channels.add(new SmsChannel(ours, number)));
        }
        return new Alarms(
                        troubles,
                        channels,
                        settings,
                        new Lease(database, LEASE, UUID.randomUUID().toString()).measure(meters),
                        clock,
                        meters)
                .tell(history::note)
                .show(open::saw);
    }

    static JavaMailSender sender(AlarmSettings.Mail mail, HubHome home) {
        JavaMailSenderImpl sender = new JavaMailSenderImpl();
        sender.setHost(mail.host());
        sender.setPort(mail.port());
        Properties properties = sender.getJavaMailProperties();
        properties.setProperty("mail.smtp.starttls.enable", Boolean.toString(mail.startTls()));
        properties.setProperty("mail.smtp.starttls.required", Boolean.toString(mail.startTls()));
        for (String limit : List.of("connectiontimeout", "timeout", "writetimeout")) {
            properties.setProperty("mail.smtp." + limit, "5000");
        }
        String secretFile = mail.secretFile();
        if (mail.user() != null && secretFile != null) {
            sender.setUsername(mail.user());
            properties.setProperty("mail.smtp.auth", "true");
            try {
                sender.setPassword(
                        Files.readString(home.root().resolve(secretFile)).strip());
            } catch (IOException e) {
                throw new UncheckedIOException("the secret of the mail server can't be read", e);
            }
        }
        return sender;
    }
}
