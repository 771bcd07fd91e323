package org.referralhub.deadletter;

import java.util.Set;
import java.util.regex.Pattern;
import org.referralhub.message.Finding;

/** Where findings are, as far as that tells nothing of whom the message is about. */
final class Places {
    /** Findings at a name of the sender's own making, which may be anything: a child's name as well. */
    private static final Set<String> AT_A_STRANGE_NAME = Set.of(
            "schema.additional-property",
            "schema.property-name",
            "schema.not-allowed",
            "xsd.unexpected",
            "fhir.unknown-element",
            "json.duplicate-key",
            "csv.unknown-column",
            "csv.misspelt-column",
            "csv.column-twice");

    private static final Pattern NUMBER = Pattern.compile("/\\d+(?=/|$)");

    private Places() {}

    /** The finding's pointer without the name that its sender has made. */
    static String shown(Finding finding) {
        String pointer = finding.pointer();
        int last = pointer.lastIndexOf('/');
        return last >= 0 && AT_A_STRANGE_NAME.contains(finding.code()) ? pointer.substring(0, last) + "/*" : pointer;
    }

    /** The same for all that are alike: which of many it is, is no part of the cause. */
    static String alike(Finding finding) {
        return NUMBER.matcher(shown(finding)).replaceAll("/*");
    }
}
