package org.referralhub.bench;

/** Where readers report to: they outlive the runs, of which there is one at a time. */
final class CurrentRun {
    private volatile Arrivals arrivals = new Arrivals(java.util.List.of(), referral -> 0, 1, place -> {});

    void begins(Arrivals next) {
        arrivals = next;
    }

    void arrived(String referralId) {
        arrivals.arrived(referralId);
    }
}
