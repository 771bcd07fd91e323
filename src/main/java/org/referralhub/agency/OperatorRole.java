package org.referralhub.agency;

/** What an operator may do. */
public enum OperatorRole {
    /** Works on dead letters, and so sees what they hold. */
    OPERATOR,
    /** Tries formats, mappings and routes; sees states, backlog and faults, nothing about a child. */
    INTEGRATOR,
    /** Reads the audit trail, the books and the statistics; changes nothing. */
    AUDITOR,
    /** Imports reference data and changes settings; sees nothing about a child. */
    ADMINISTRATOR
}
