package org.referralhub.console;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.referralhub.agency.OperatorRole;

/**
 * The pages of the navigation, in its order. The security of the console is made of this table: what is not in it can't be
 * reached.
 */
public enum Section {
    OVERVIEW("/", Roles.ALL, Roles.NOBODY),
    DESK("/desk", Set.of(OperatorRole.OPERATOR, OperatorRole.INTEGRATOR), Roles.OPERATORS),
    UNMASKINGS("/unmaskings", Roles.REFERRALS, Roles.PAUSING),
    REFERRALS("/referrals", Roles.REFERRALS, Roles.OPERATORS),
    AGENCIES("/agencies", Roles.ALL, Roles.PAUSING),
    ROUTES("/routes", Roles.ALL, Roles.CONFIGURING),
    BOOKS("/books", Roles.ALL, Roles.NOBODY),
    ALARMS("/alarms", Roles.ALL, Roles.NOBODY),
    STATISTICS("/statistics", Roles.AUDITING, Roles.NOBODY),
    AUDIT("/audit", Roles.AUDITING, Roles.NOBODY),
    USERS("/users", Roles.ADMINISTRATORS, Roles.NOBODY);

    private final String path;
    private final Set<OperatorRole> reads;
    private final Set<OperatorRole> acts;

    /**
     * @param path the page; everything below it belongs to it too
     * @param reads who may look
     * @param acts who may send a form
     */
    Section(String path, Set<OperatorRole> reads, Set<OperatorRole> acts) {
        this.path = path;
        this.reads = reads;
        this.acts = acts;
    }

    /** Names for the table above. */
    private static final class Roles {
        static final Set<OperatorRole> ALL = Set.of(OperatorRole.values());
        static final Set<OperatorRole> NOBODY = Set.of();
        static final Set<OperatorRole> OPERATORS = Set.of(OperatorRole.OPERATOR);
        static final Set<OperatorRole> ADMINISTRATORS = Set.of(OperatorRole.ADMINISTRATOR);
        static final Set<OperatorRole> AUDITING = Set.of(OperatorRole.AUDITOR, OperatorRole.ADMINISTRATOR);
        static final Set<OperatorRole> REFERRALS =
                Set.of(OperatorRole.OPERATOR, OperatorRole.AUDITOR, OperatorRole.ADMINISTRATOR);
        static final Set<OperatorRole> PAUSING = Set.of(OperatorRole.OPERATOR, OperatorRole.ADMINISTRATOR);
        static final Set<OperatorRole> CONFIGURING =
                Set.of(OperatorRole.OPERATOR, OperatorRole.INTEGRATOR, OperatorRole.ADMINISTRATOR);
    }

    /** Address of the page. */
    public String path() {
        return path;
    }

    /** Everything that belongs to the page, as patterns. */
    String[] patterns() {
        return path.equals("/") ? new String[] {"/"} : new String[] {path, path + "/**"};
    }

    /** Roles that may look. */
    public Set<OperatorRole> reads() {
        return reads;
    }

    /** Roles that may send a form. */
    public Set<OperatorRole> acts() {
        return acts;
    }

    /** Key of its name among the texts. */
    public String title() {
        return "section." + name().toLowerCase(Locale.ROOT);
    }

    /** The pages that somebody with these roles may look at. */
    static List<Section> of(Set<OperatorRole> roles) {
        return Arrays.stream(values())
                .filter(section -> section.reads.stream().anyMatch(roles::contains))
                .toList();
    }
}
