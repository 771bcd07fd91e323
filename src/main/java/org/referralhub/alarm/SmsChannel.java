package org.referralhub.alarm;

import java.io.IOException;
import java.util.List;

/** By text message, one line for each number. */
record SmsChannel(Texting texting, List<String> to) implements Channel {
    @Override
    public String name() {
        return "sms";
    }

    @Override
    public void send(Notice notice) throws IOException {
        for (String number : to) {
            texting.send(number, notice.headline());
        }
    }
}
