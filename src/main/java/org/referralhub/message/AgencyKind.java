package org.referralhub.message;

/** The kinds of agency that take part; the columns of the disclosure matrix. */
public enum AgencyKind {
    HELPLINE_108,
    POLICE,
    SCHOOL,
    HEALTH,
    SOCIAL_WORKER,
    JOINT_TEAM,
    ONE_STOP_CENTRE,
    SHELTER,
    CHILD_RIGHTS_INSPECTOR,
    COMMUNITY_INSPECTOR,
    COURT,
    NGO
}
