package org.referralhub.agency;

/** What an operator may do. */
public enum OperatorRole {
    /** Sees states, books, backlog and statistics, nothing about a child. */
    OBSERVER,
    /** Works on dead letters, and so sees what they hold. */
    DESK,
    /** Imports reference data and changes settings; sees nothing about a child. */
    ADMINISTRATOR
}
