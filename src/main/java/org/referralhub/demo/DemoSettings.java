package org.referralhub.demo;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the demo does, {@code hub.demo} in {@code config/application-demo.yaml}.
 *
 * @param traffic whether the invented agencies send and answer
 * @param referralsPerMinute how many referrals they send, 1 to 600
 */
@ConfigurationProperties("hub.demo")
record DemoSettings(
        @DefaultValue("true") boolean traffic,
        @DefaultValue("6") int referralsPerMinute) {
    DemoSettings {
        if (referralsPerMinute < 1 || referralsPerMinute > 600) {
            throw new IllegalArgumentException("hub.demo.referrals-per-minute goes from 1 to 600");
        }
    }
}
