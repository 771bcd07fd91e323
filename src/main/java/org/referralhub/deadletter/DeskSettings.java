package org.referralhub.deadletter;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the desk works.
 *
 * @param unmaskedFor how long something unmasked is shown to who asked for it
 */
@ConfigurationProperties("hub.desk")
record DeskSettings(@DefaultValue("PT15M") Duration unmaskedFor) {}
