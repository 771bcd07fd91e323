package org.referralhub.agency;

import java.util.Set;

/**
 * A person who watches the hub.
 *
 * @param id the user name
 * @param roles what the person may do
 */
public record Operator(String id, Set<OperatorRole> roles) {
    public Operator {
        roles = Set.copyOf(roles);
    }

    /** True when the person has this role. */
    public boolean may(OperatorRole role) {
        return roles.contains(role);
    }
}
