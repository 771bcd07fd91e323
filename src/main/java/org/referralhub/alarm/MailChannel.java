package org.referralhub.alarm;

import org.springframework.mail.SimpleMailMessage;
import org.springframework.mail.javamail.JavaMailSender;

/** By mail to one address: one that the server does not take keeps no other from being told. */
record MailChannel(JavaMailSender mail, String from, String to) implements Channel {
    @Override
    public String name() {
        return "mail";
    }

    @Override
    public String address() {
        return name() + ":" + to;
    }

    @Override
    public void send(Notice notice) {
        SimpleMailMessage message = new SimpleMailMessage();
        message.setFrom(from);
        message.setTo(to);
        message.setSubject(notice.headline());
        message.setText(notice.text());
        mail.send(message);
    }
}
