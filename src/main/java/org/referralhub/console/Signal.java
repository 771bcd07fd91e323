package org.referralhub.console;

import java.util.Map;

/** Something that pages are told of when it has changed. Asked every few seconds while a page is open. */
public interface Signal {
    /** Its name: parts of pages that wait for {@code hub:topic} are fetched anew. */
    String topic();

    /** What it looks like now; another value than before means that it has changed. Cheap, and about nobody. */
    Object state();

    /** Numbers for the navigation, by name. */
    default Map<String, Long> counters() {
        return Map.of();
    }
}
