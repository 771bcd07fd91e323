package org.referralhub.console;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Limits of the console, {@code hub.console} in {@code config/application.yaml}.
 *
 * @param idle after so long without anything done by the person a session ends; what a page fetches by itself does not count
 * @param longest a session ends after so long in any case
 * @param streams pages that are told of changes at once, over all sessions; further ones look for themselves every 15 s
 * @param look how often the hub looks whether there is something to tell them
 */
@ConfigurationProperties("hub.console")
record ConsoleSettings(
        @DefaultValue("PT30M") Duration idle,
        @DefaultValue("PT12H") Duration longest,
        @DefaultValue("64") int streams,
        @DefaultValue("PT2S") Duration look) {}
