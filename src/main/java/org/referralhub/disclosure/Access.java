package org.referralhub.disclosure;

/** What a kind of agency may see of a group of fields; the letters of the matrix. */
enum Access {
    /** Everything. */
    FULL,
    /** Reduced, each field as the file says; a field it says nothing of is left out. */
    LIMITED,
    /** Everything when a stated condition holds, else nothing. */
    CONDITIONAL,
    /** Nothing. */
    NEVER,
    /** Nothing, and the hub acts on it: the withhold-from list. */
    ENFORCED
}
