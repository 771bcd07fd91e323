package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;
import org.referralhub.ledger.AuditTrail;
import org.springframework.context.annotation.Lazy;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Who did what, and whether anybody has meddled with the record of it. */
@Controller
@Lazy
class AuditPages {
    private static final int PAGE = 50;
    private static final int STEP = 20_000;

    private final AuditTrail audit;

    AuditPages(AuditTrail audit) {
        this.audit = audit;
    }

    @GetMapping("/audit")
    String list(
            @RequestParam(defaultValue = "") String actor,
            @RequestParam(defaultValue = "") String action,
            @RequestParam(defaultValue = "") String subject,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate from,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate to,
            @RequestParam(required = false) @Nullable Long after,
            HttpServletRequest request,
            Model model) {
        AuditTrail.Page page = audit.page(
                new AuditTrail.Query(
                        actor,
                        action,
                        subject,
                        from == null ? null : from.atStartOfDay(Times.ZONE).toInstant(),
                        to == null
                                ? null
                                : to.plusDays(1).atStartOfDay(Times.ZONE).toInstant()),
                after,
                PAGE);
        model.addAttribute("actor", actor);
        model.addAttribute("action", action);
        model.addAttribute("subject", subject);
        model.addAttribute("from", from);
        model.addAttribute("to", to);
        model.addAttribute("rows", page.items());
        model.addAttribute("first", Links.first(request));
        model.addAttribute("next", Links.next(request, page.next()));
        return "audit";
    }

    /** Follows a part of the chain; what is shown asks for the next part by itself. */
    @GetMapping("/audit/verification")
    String verify(@RequestParam(defaultValue = "1") long from, Model model) {
        model.addAttribute("step", audit.verify(Math.max(1, from), STEP));
        return "audit-verified";
    }
}
