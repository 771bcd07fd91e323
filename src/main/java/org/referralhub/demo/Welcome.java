package org.referralhub.demo;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.referralhub.agency.Agency;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/** Tells a newcomer where the hub is, who plays along and what to type first. */
final class Welcome implements ApplicationListener<ApplicationReadyEvent> {
    /** What the README's first call sends as well. */
    static final String FIRST_CALL = """
            {"record_type": "CALL", "call_id": "%s", "call_time": "2026-03-05T22:40:00+08:00",
              "response": "NOW", "danger_level": "HIGH", "concerns": ["PHYSICAL_VIOLENCE"],
              "caller": {"relation": "self", "callback_number": "99112233"},
              "address": {"aimag": "11", "soum": "1116", "bag": "111653"},
              "story": "I am afraid to go home.", "legal_basis": "VITAL_INTERESTS"}""";

    private final AgencyRegistry agencies;
    private final Broker broker;
    private final DemoSettings settings;

    Welcome(AgencyRegistry agencies, Broker broker, DemoSettings settings) {
        this.agencies = agencies;
        this.broker = broker;
        this.settings = settings;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        String port = event.getApplicationContext().getEnvironment().getProperty("local.server.port", "8080");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.print(text("http://127.0.0.1:" + port));
        out.flush();
    }

    /** Plain characters only: the terminal may know no others. */
    String text(String url) {
        StringBuilder text = new StringBuilder();
        text.append("\n  Referral Hub, demo. Everything here is invented and every secret is known: no real data.\n\n");
        text.append("  HTTP    ")
                .append(url)
                .append("   description: ")
                .append(url)
                .append("/v3/api-docs\n");
        text.append("  Console ").append(url).append("/   as operator, secret demo-operator\n");
        broker.ports()
                .forEach((protocol, port) -> text.append(
                        "  %-7s 127.0.0.1:%d%n".formatted(protocol.toUpperCase(java.util.Locale.ROOT), port)));
        text.append("\n  Agencies (user = id, secret = demo-<id>):\n");
        for (Agency agency : agencies.all()) {
            text.append("    %-26s %-22s speaks %s%n".formatted(agency.id(), agency.kind(), agency.dialect()));
        }
        text.append("  Operators: operator, integrator, auditor, administrator (secret = demo-<name>)\n\n");
        text.append("  A call comes in at the helpline; in another terminal:\n\n");
        text.append("curl -u helpline-108:demo-helpline-108 -H 'Content-Type: application/json' ")
                .append(url)
                .append("/api/v1/messages -d '")
                .append(FIRST_CALL.formatted("call-0001"))
                .append("'\n\n");
        text.append("  What the police and the social worker of that khoroo got:\n\n");
        for (String agency : List.of("police-family-division", "social-work-111653")) {
            if (agencies.find(agency).isPresent()) {
                text.append("curl -u %s:demo-%s %s/api/v1/inbox%n".formatted(agency, agency, url));
            }
        }
        text.append('\n');
        text.append(
                settings.traffic()
                        ? "  The invented agencies send and answer a few referrals a minute (--no-traffic keeps them silent)\n"
                                + "  and leave yours alone. Ctrl-C ends the hub; what it holds is in data/.\n\n"
                        : "  The invented agencies are silent. Ctrl-C ends the hub; what it holds is in data/.\n\n");
        return text.toString();
    }
}
