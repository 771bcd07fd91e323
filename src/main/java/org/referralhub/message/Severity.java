package org.referralhub.message;

/** How bad a finding is, worst first; the values of FHIR's issue severity. */
public enum Severity {
    /** Nothing could be read beyond this point. */
    FATAL,
    /** The message is refused. */
    ERROR,
    /** The message goes through; something should be added or looked at. */
    WARNING,
    /** Said for the sender's benefit. */
    INFORMATION
}
