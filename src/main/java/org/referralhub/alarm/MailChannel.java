package org.referralhub.alarm;

import java.util.List;
import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;

/** By mail, to everybody at once. */
record MailChannel(JavaMailSender mail, String from, List<String> to) implements Channel {
    @Override
    public String name() {
        return "mail";
    }

    @Override
    public void send(Notice notice) {
        SimpleMailMessage message = new SimpleMailMessage();
        message.setFrom(from);
        message.setTo(to.toArray(String[]::new));
        message.setSubject(notice.headline());
        message.setText(notice.text());
        mail.send(message);
    }
}
