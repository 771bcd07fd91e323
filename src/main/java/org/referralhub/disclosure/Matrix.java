package org.referralhub.disclosure;

import java.util.List;
import java.util.Map;
import org.referralhub.message.AgencyKind;

/**
 * The file {@code config/disclosure.csv} as read.
 *
 * @param rows its rows
 */
record Matrix(List<Row> rows) {
    /** The group that everybody sees, even who must not learn of the child. */
    static final String ROUTING = "routing/ids/urgency/state";

    Matrix {
        rows = List.copyOf(rows);
    }

    /**
     * One group of fields.
     *
     * @param group what the group is called, in English
     * @param groupMn the same in Mongolian
     * @param access what each kind may see of it; every kind is there
     * @param fields the fields that belong to it
     */
    record Row(String group, String groupMn, Map<AgencyKind, Access> access, List<Field> fields) {
        Row {
            access = Map.copyOf(access);
            fields = List.copyOf(fields);
        }
    }
}
