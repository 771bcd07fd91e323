package org.referralhub.agency;

import java.time.Duration;

/**
 * Where the hub fetches what an agency sends.
 *
 * @param every how often it looks; a file is whole when two looks find it alike
 */
public record CollectorSettings(Transport.Drop drop, Duration every) {
    static final Duration EVERY = Duration.ofSeconds(5);
}
