package org.referralhub.api;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the HTTP face, {@code hub.api} in {@code config/application.yaml}.
 *
 * @param maxBody largest body that is read; beyond it 413
 * @param requestsPerSecond how many requests each agency or operator may make a second in the long run; beyond it 429
 * @param burst how many it may make at once
 * @param failedLogins wrong secrets from one address for one user before it has to wait
 * @param failedLoginRecovery how long one of these tries takes to come back
 * @param longestWait the most that {@code GET /inbox?wait=} may ask for
 * @param lookEvery how often the inbox of a waiting reader is looked at
 */
@ConfigurationProperties("hub.api")
record ApiSettings(
        @DefaultValue("1MB") DataSize maxBody,
        @DefaultValue("50") long requestsPerSecond,
        @DefaultValue("200") long burst,
        @DefaultValue("5") long failedLogins,
        @DefaultValue("PT30S") Duration failedLoginRecovery,
        @DefaultValue("PT30S") Duration longestWait,
        @DefaultValue("PT0.25S") Duration lookEvery) {}
