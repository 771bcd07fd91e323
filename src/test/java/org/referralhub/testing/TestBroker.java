package org.referralhub.testing;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.OpeningHours;
import org.referralhub.agency.Reach;
import org.referralhub.broker.EmbeddedBroker;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;

/** The real embedded broker from the project's own {@code config/broker.xml}, on free ports and in a folder of the test. */
public final class TestBroker {
    /** Free ports; a critical error must not halt the test's JVM. */
    public static final Map<String, String> SETTINGS = Map.of(
            "hub.broker.amqp.port", "0",
            "hub.broker.stomp.port", "0",
            "hub.broker.core.port", "0",
            "hub.broker.max-disk-usage", "99",
            "hub.broker.critical-analyzer-policy", "LOG");

    public static final List<String> DIALECTS = List.of("canonical", "helpline", "police");

    private TestBroker() {}

    /** A broker that these agencies may use; the secret of each is {@link #secret(String)}. */
    public static EmbeddedBroker start(Path data, AgencyRegistry agencies) {
        return EmbeddedBroker.start(
                Path.of("config/broker.xml"), data, SETTINGS, () -> agencies, DIALECTS, reason -> {});
    }

    /** Agencies with ids that say who they are. */
    public static AgencyRegistry agencies(Agency... agencies) {
        return AgencyRegistry.of(
                List.of(agencies),
                List.of(agencies).stream().collect(Collectors.toMap(Agency::id, agency -> secret(agency.id()))),
                List::of);
    }

    public static Agency agency(String id, AgencyKind kind, String dialect) {
        return new Agency(
                id, kind, new Text(id, id), Set.of(Agency.EVERYWHERE), dialect, OpeningHours.ALWAYS, Reach.INBOX);
    }

    public static String secret(String id) {
        return "secret of " + id;
    }
}
