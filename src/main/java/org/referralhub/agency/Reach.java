package org.referralhub.agency;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a message gets to an agency and comes from it. Every agency has an inbox; a courier empties it for one that wants to be
 * brought its messages.
 *
 * @param courier who brings it what is for it; null when it fetches from its inbox
 * @param collector who fetches what it sends; null when it sends by itself
 * @param phone the office's own telephone, for a person to call when the clock runs out; null when unknown
 */
public record Reach(
        @Nullable CourierSettings courier,
        @Nullable CollectorSettings collector,
        @Nullable String phone) {

    /** The agency fetches from its inbox and sends by itself, over any protocol. */
    public static final Reach INBOX = new Reach(null, null, null);

    /** True when the hub does something for it by itself, which can be paused. */
    public boolean isServed() {
        return courier != null || collector != null;
    }

    /**
     * A certificate on which the way to an agency depends.
     *
     * @param use {@code server-trust} for one that vouches for the agency's server, {@code mail-server-trust} for one that
     *     vouches for the mail server, {@code mailbox} for the one that its mails are encrypted for
     * @param expires after this moment it is worth nothing
     */
    public record Certificate(String use, Instant expires) {}

    /** The certificates that the configuration names for this agency, the first to expire first. */
    public List<Certificate> certificates() {
        List<Certificate> certificates = new ArrayList<>();
        Transport transport = courier == null ? null : courier.transport();
        if (transport instanceof Transport.Https https) {
            https.trust().forEach(one -> certificates.add(certificate("server-trust", one)));
        } else if (transport instanceof Transport.Mail mail) {
            mail.server().trust().forEach(one -> certificates.add(certificate("mail-server-trust", one)));
            X509Certificate mailbox = mail.certificate();
            if (mailbox != null) {
                certificates.add(certificate("mailbox", mailbox));
            }
        }
        certificates.sort(Comparator.comparing(Certificate::expires));
        return List.copyOf(certificates);
    }

    private static Certificate certificate(String use, X509Certificate certificate) {
        return new Certificate(use, certificate.getNotAfter().toInstant());
    }
}
