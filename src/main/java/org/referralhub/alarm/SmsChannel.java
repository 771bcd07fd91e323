package org.referralhub.alarm;

import java.io.IOException;

/** By text message, one line to one number: one that fails is not sent to the others again. */
record SmsChannel(Texting texting, String to) implements Channel {
    @Override
    public String name() {
        return "sms";
    }

    @Override
    public String address() {
        return name() + ":" + to;
    }

    @Override
    public void send(Notice notice) throws IOException {
        texting.send(to, notice.headline());
    }
}
