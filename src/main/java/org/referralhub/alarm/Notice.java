package org.referralhub.alarm;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What goes out over the channels.
 *
 * @param allClear true when nothing is open any more
 * @param counts how many by fault and urgency, for example {@code overdue-accept IMMEDIATE}; empty at the all-clear
 * @param named some of them, the first
 */
record Notice(boolean allClear, Map<String, Long> counts, List<Trouble> named) {

    static final Notice ALL_CLEAR = new Notice(true, Map.of(), List.of());

    /** One alarm for all of these, of which at most so many are named. */
    static Notice alarm(List<Trouble> troubles, int most) {
        Map<String, Long> counts = troubles.stream()
                .collect(Collectors.groupingBy(
                        trouble -> trouble.fault() + " " + trouble.urgency(), TreeMap::new, Collectors.counting()));
        return new Notice(false, counts, troubles.stream().limit(most).toList());
    }

    long total() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    /** One line, for a subject or an SMS. */
    String headline() {
        return allClear
                ? "Referral Hub: бүгд хэвийн / all clear"
                : "Referral Hub: АНХААР / ALARM, "
                        + counts.entrySet().stream()
                                .map(count -> count.getValue() + " " + count.getKey())
                                .collect(Collectors.joining(", "));
    }

    /** The headline and a line for each that is named. */
    String text() {
        StringBuilder text = new StringBuilder(headline()).append('\n');
        for (Trouble trouble : named) {
            text.append(trouble.reference() == null ? "-" : trouble.reference())
                    .append("  ")
                    .append(trouble.urgency())
                    .append("  ")
                    .append(trouble.fault());
            if (trouble.agency() != null) {
                text.append("  ").append(trouble.agency());
            }
            if (trouble.place() != null) {
                text.append("  ").append(trouble.place());
            }
            text.append('\n');
        }
        if (total() > named.size()) {
            text.append("+ ").append(total() - named.size()).append('\n');
        }
        return text.toString();
    }
}
