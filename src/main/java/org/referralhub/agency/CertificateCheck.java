package org.referralhub.agency;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;
import org.referralhub.configuration.YamlFile;

/**
 * Whether the certificates that mail is encrypted for hold now. Asked by people who check, and not by a start or a change: that
 * one office's has run out is no reason to keep all others waiting.
 */
public final class CertificateCheck {
    private final HubHome home;
    private final boolean demo;
    private final AgencyRegistry agencies;

    public CertificateCheck(HubHome home, boolean demo, AgencyRegistry agencies) {
        this.home = home;
        this.demo = demo;
        this.agencies = agencies;
    }

    /** Adds a fault for each that does not hold at this moment. */
    public void run(Instant now, Faults faults) {
        Faults told = new Faults(); // when they were read
        for (Path path : AgencyRegistry.files(home, demo, told)) {
            Located file = YamlFile.read(home, path, told);
            JsonNode entries = file.tree().path("agencies");
            for (int i = 0; i < entries.size(); i++) {
                X509Certificate certificate = agencies.find(
                                entries.get(i).path("id").textValue())
                        .map(CertificateCheck::mailbox)
                        .orElse(null);
                if (certificate != null && !holds(certificate, now)) {
                    String entry = entries.get(i).has("delivery") ? "/agencies/" + i : "/defaults";
                    faults.add(file.fault(
                            entry + "/delivery/mail/certificate",
                            "the certificate holds from %s to %s, not now"
                                    .formatted(
                                            certificate.getNotBefore().toInstant(),
                                            certificate.getNotAfter().toInstant()),
                            "Ask the agency for its current one"));
                }
            }
        }
    }

    private static @Nullable X509Certificate mailbox(Agency agency) {
        CourierSettings courier = agency.reach().courier();
        return courier != null && courier.transport() instanceof Transport.Mail mail ? mail.certificate() : null;
    }

    private static boolean holds(X509Certificate certificate, Instant now) {
        return !now.isBefore(certificate.getNotBefore().toInstant())
                && !now.isAfter(certificate.getNotAfter().toInstant());
    }
}
