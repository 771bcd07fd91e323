package org.referralhub.api;

/**
 * What somebody signed in with; kept with a session, so that it ends when the secret is another one.
 *
 * @param fingerprint of the secret; empty for an agency, which has no sessions
 */
public record SignedIn(String fingerprint) {
    /** Nothing that belongs into a log. */
    @Override
    public String toString() {
        return "SignedIn[]";
    }
}
