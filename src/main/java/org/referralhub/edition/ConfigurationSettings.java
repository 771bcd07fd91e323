package org.referralhub.edition;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a change of the configuration is taken, {@code hub.configuration} in {@code config/application.yaml}.
 *
 * @param watch whether files that change are taken by themselves; otherwise only when {@code ./hub reload} asks for it
 * @param quiet how long nothing must have changed before a change is tried
 * @param lookEvery how often files are looked at though the file system has told nothing
 * @param replay messages of each dialect that a change is tried on
 * @param startOnLastGood whether a start whose files have a fault begins with the version that ran last
 */
@ConfigurationProperties("hub.configuration")
record ConfigurationSettings(
        @DefaultValue("true") boolean watch,
        @DefaultValue("PT1S") Duration quiet,
        @DefaultValue("PT10S") Duration lookEvery,
        @DefaultValue("50") int replay,
        @DefaultValue("true") boolean startOnLastGood) {}
