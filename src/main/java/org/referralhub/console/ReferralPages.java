package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.referralhub.api.Caller;
import org.referralhub.ledger.AccessLog;
import org.referralhub.ledger.ChildKeys;
import org.referralhub.ledger.Lifecycle;
import org.referralhub.ledger.ReferralSearch;
import org.referralhub.ledger.ReferralTimeline;
import org.referralhub.ledger.Tracking;
import org.referralhub.ledger.Tracking.ReferralView;
import org.referralhub.message.Urgency;
import org.springframework.context.annotation.Lazy;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Finds referrals, and shows what happened to one. Nothing about a child stands on these pages. */
@Controller
@Lazy
class ReferralPages {
    private static final int PAGE = 50;

    private final Tracking tracking;
    private final ReferralSearch search;
    private final ReferralTimeline timelines;
    private final AccessLog access;

    ReferralPages(Tracking tracking, ReferralSearch search, ReferralTimeline timelines, AccessLog access) {
        this.tracking = tracking;
        this.search = search;
        this.timelines = timelines;
        this.access = access;
    }

    /**
     * What the form asks for; empty means any.
     *
     * @param from the first day
     * @param to the last day
     */
    record Wanted(
            @Nullable String agency,
            @Nullable String place,
            @Nullable String concern,
            @Nullable String state,
            @Nullable Urgency urgency,

            @Nullable @DateTimeFormat(iso = DateTimeFormat.ISO.DATE)
            LocalDate from,

            @Nullable @DateTimeFormat(iso = DateTimeFormat.ISO.DATE)
            LocalDate to,

            @Nullable Boolean overdue) {
        private static final Wanted ANY = new Wanted(null, null, null, null, null, null, null, null);

        ReferralSearch.Query query() {
            return new ReferralSearch.Query(
                    agency,
                    place,
                    concern,
                    state,
                    urgency,
                    from == null ? null : midnight(from),
                    to == null ? null : midnight(to.plusDays(1)),
                    Boolean.TRUE.equals(overdue),
                    null);
        }

        private static Instant midnight(LocalDate day) {
            return day.atStartOfDay(Times.ZONE).toInstant();
        }

        boolean isStrange() {
            return Stream.of(agency, place, concern, state)
                    .anyMatch(text -> text != null && text.chars().anyMatch(Character::isISOControl));
        }
    }

    /** What is known of a child that is looked for. It is nowhere but in the form that was sent. */
    record Child(
            @Nullable String registerNo,
            @Nullable String givenName,
            @Nullable String patronymic,
            @Nullable String birthDate) {
        private static final Child NOBODY = new Child(null, null, null, null);

        ChildKeys.Child key() {
            return new ChildKeys.Child(text(registerNo), text(givenName), text(patronymic), text(birthDate));
        }

        private static String text(@Nullable String value) {
            return value == null ? "" : value.strip();
        }

        /** Nobody should find it in a log. */
        @Override
        public String toString() {
            return "Child[...]";
        }
    }

    @GetMapping("/referrals")
    String list(
            Wanted wanted,
            @RequestParam(required = false) @Nullable String q,
            @RequestParam(required = false) @Nullable String after,
            HttpServletRequest request,
            Model model) {
        if (q != null && !q.isBlank()) {
            ReferralView found = tracking.referral(q).orElse(null);
            if (found != null) {
                return "redirect:/referrals/" + found.referralId();
            }
            // What was typed is not repeated: it may be a name after all.
            model.addAttribute(Notice.NAME, Notice.of("warn", "referrals.unknown"));
        }
        ReferralSearch.Page page = new ReferralSearch.Page(List.of(), null);
        if (wanted.isStrange()) {
            model.addAttribute(Notice.NAME, Notice.of("warn", "referrals.strange"));
        } else {
            try {
                page = search.search(wanted.query(), blank(after), PAGE);
            } catch (IllegalArgumentException e) {
                model.addAttribute(Notice.NAME, Notice.of("warn", "referrals.strange"));
            }
        }
        model.addAttribute("first", Links.first(request));
        model.addAttribute("next", Links.next(request, page.next()));
        return list(wanted, Child.NOBODY, page, model);
    }

    /** By register number or name: the search is noted before it is made, and its words are in no address. */
    @PostMapping("/referrals/search")
    String search(
            @AuthenticationPrincipal Caller caller,
            Child child,
            @RequestParam(required = false) @Nullable String after,
            Model model) {
        ReferralSearch.Page page = new ReferralSearch.Page(List.of(), null);
        if (!search.findsChildren()) {
            model.addAttribute(Notice.NAME, Notice.of("warn", "referrals.child.off"));
        } else {
            access.note(caller.id(), "search-child");
            try {
                page = search.search(
                        new ReferralSearch.Query(null, null, null, null, null, null, null, false, child.key()),
                        blank(after),
                        PAGE);
            } catch (IllegalArgumentException e) {
                model.addAttribute(Notice.NAME, Notice.of("warn", "referrals.child.little"));
            }
        }
        model.addAttribute("asked", true);
        model.addAttribute("nextChild", page.next());
        return list(Wanted.ANY, child, page, model);
    }

    private String list(Wanted wanted, Child child, ReferralSearch.Page page, Model model) {
        model.addAttribute("wanted", wanted);
        model.addAttribute("child", child);
        model.addAttribute("found", page.items());
        model.addAttribute("urgencies", Urgency.values());
        model.addAttribute("findsChildren", search.findsChildren());
        model.addAttribute(
                "states",
                Arrays.stream(Lifecycle.State.values())
                        .map(state -> state.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                        .toList());
        return "referrals";
    }

    private static @Nullable String blank(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    @GetMapping("/referrals/{id}")
    String show(@PathVariable String id, Model model) {
        ReferralView referral = tracking.referral(id).orElseThrow(NoSuchPageException::new);
        model.addAttribute("referral", referral);
        model.addAttribute("timeline", timelines.whole(referral.referralId()));
        return "referral";
    }
}
