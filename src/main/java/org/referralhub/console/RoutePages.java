package org.referralhub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.edition.ChangeReport;
import org.referralhub.edition.ChangeReport.Cause;
import org.referralhub.edition.ChangeReport.How;
import org.referralhub.edition.LiveChange;
import org.referralhub.flow.RouteFigures;
import org.referralhub.ledger.ConfigurationLog;
import org.referralhub.message.ConfigurationChange;
import org.springframework.context.annotation.Lazy;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** What the routes of this node carry, and by which version of the configuration. */
@Controller
@Lazy
class RoutePages implements Signal {
    private static final String HOME = "redirect:/routes";
    private static final int CHANGES = 20;
    private static final int LONGEST_REASON = 200;

    private final RouteFigures figures;
    private final LiveChange change;
    private final ConfigurationLog log;

    RoutePages(RouteFigures figures, LiveChange change, ConfigurationLog log) {
        this.figures = figures;
        this.change = change;
        this.log = log;
    }

    /** @param at when it was decided */
    record Changed(Instant at, ConfigurationChange change) {}

    @Override
    public String topic() {
        return "routes";
    }

    @Override
    public Object state() {
        return List.of(
                change.status().version(),
                figures.all().stream()
                        .map(figure -> List.of(figure.id(), figure.state(), figure.messages(), figure.inFlight()))
                        .toList());
    }

    @GetMapping("/routes")
    String routes(Model model) {
        model.addAttribute("routes", figures.all());
        model.addAttribute("status", change.status());
        model.addAttribute(
                "changes",
                log.last(CHANGES).stream()
                        .map(one -> new Changed(Instant.ofEpochMilli(one.at()), one))
                        .toList());
        return "routes";
    }

    @PostMapping("/routes/reload")
    String reload(
            @AuthenticationPrincipal Caller caller,
            @RequestParam(required = false) @Nullable String reason,
            RedirectAttributes next) {
        return tooLong(reason, next)
                ? HOME
                : told(change.reload(new Cause(How.RELOAD, caller.id(), given(reason))), next);
    }

    @PostMapping("/routes/back")
    String back(
            @AuthenticationPrincipal Caller caller,
            @RequestParam String version,
            @RequestParam(required = false) @Nullable String reason,
            RedirectAttributes next) {
        if (tooLong(reason, next)) {
            return HOME;
        }
        try {
            return told(change.back(version, new Cause(How.BACK, caller.id(), given(reason))), next);
        } catch (IllegalArgumentException e) {
            next.addFlashAttribute(Notice.NAME, Notice.of("bad", "routes.back.gone"));
            return HOME;
        }
    }

    private static @Nullable String given(@Nullable String reason) {
        return reason == null || reason.isBlank() ? null : reason.strip();
    }

    private static boolean tooLong(@Nullable String reason, RedirectAttributes next) {
        boolean tooLong = reason != null && reason.strip().length() > LONGEST_REASON;
        if (tooLong) {
            next.addFlashAttribute(Notice.NAME, Notice.of("bad", "routes.reason.long"));
        }
        return tooLong;
    }

    private static String told(ChangeReport report, RedirectAttributes next) {
        Notice notice =
                switch (report.outcome()) {
                    case ACCEPTED -> Notice.of("good", "routes.accepted", report.version());
                    case UNCHANGED -> Notice.of("good", "routes.unchanged", report.version());
                    case REFUSED ->
                        Notice.of("bad", "routes.refused", report.faults().size());
                };
        next.addFlashAttribute(Notice.NAME, notice);
        return HOME;
    }
}
