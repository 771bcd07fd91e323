package org.referralhub.api;

import java.security.Principal;
import java.util.Set;

/**
 * Who makes a request, after the secret was checked.
 *
 * @param id id of the agency, or user name of the operator
 * @param agency true for an agency
 * @param roles role names without prefix
 */
public record Caller(String id, boolean agency, Set<String> roles) implements Principal {
    /** The role of every agency. */
    public static final String AGENCY = "AGENCY";

    @Override
    public String getName() {
        return id;
    }
}
