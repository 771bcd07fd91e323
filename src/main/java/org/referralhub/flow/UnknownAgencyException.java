package org.referralhub.flow;

/** A message names an agency that is not in the registry. Trying again does not help; an entry in the registry does. */
public final class UnknownAgencyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownAgencyException(String agency) {
        super("no agency '" + agency + "' in the registry");
    }
}
