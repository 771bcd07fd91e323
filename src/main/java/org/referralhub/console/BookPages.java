package org.referralhub.console;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.BusyException;
import org.referralhub.ledger.Manifests;
import org.springframework.context.annotation.Lazy;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Whether everything is accounted for, by agency and by hour. */
@Controller
@Lazy
class BookPages {
    static final String MANIFEST = "/books/manifest.csv";
    private static final int PAGE = 100;

    private final Books books;
    private final Manifests manifests;
    private final Supplier<AgencyRegistry> agencies;
    private final Clock clock;

    BookPages(Books books, Manifests manifests, Supplier<AgencyRegistry> agencies, Clock clock) {
        this.books = books;
        this.manifests = manifests;
        this.agencies = agencies;
        this.clock = clock;
    }

    @GetMapping("/books")
    String books(
            @RequestParam(defaultValue = "") String agency,
            @RequestParam(required = false) @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) @Nullable LocalDate day,
            @RequestParam(defaultValue = "0") int after,
            HttpServletRequest request,
            Model model) {
        Books.BooksView view = books.books();
        String whose = agency.strip().toLowerCase(Locale.ROOT);
        LocalDate shown = day == null ? today() : day;
        List<Books.Account> accounts = view.byAgency().stream()
                .filter(account -> whose.isEmpty() || account.agency().contains(whose))
                .sorted(Comparator.comparing(Books.Account::balanced)
                        .thenComparing(Books.Account::desk, Comparator.reverseOrder())
                        .thenComparing(Books.Account::waiting, Comparator.reverseOrder())
                        .thenComparing(Books.Account::agency))
                .toList();
        int from = Math.min(Math.max(0, after), accounts.size());
        int to = Math.min(from + PAGE, accounts.size());
        boolean one = accounts.stream().anyMatch(account -> account.agency().equals(whose));
        model.addAttribute("view", view);
        model.addAttribute("accounts", accounts.subList(from, to));
        model.addAttribute("agency", agency);
        model.addAttribute("one", one ? whose : null);
        model.addAttribute("day", shown);
        model.addAttribute("today", today());
        model.addAttribute("hours", books.hours(one ? whose : null, midnight(shown), midnight(shown.plusDays(1))));
        model.addAttribute("first", Links.first(request));
        model.addAttribute("next", Links.next(request, to < accounts.size() ? to : null));
        return "books";
    }

    /** Every row of one day, looked at again: a part of the page. */
    @GetMapping("/books/verification")
    String verify(@RequestParam @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) LocalDate day, Model model) {
        model.addAttribute("day", day);
        try {
            model.addAttribute(
                    "faults",
                    books.verify(midnight(day), midnight(day.plusDays(1))).faults());
        } catch (BusyException e) {
            model.addAttribute("busy", true);
        }
        return "books-verified";
    }

    /** What passed between the hub and one agency on one day, as a table that a spreadsheet opens without harm. */
    @GetMapping(MANIFEST)
    void manifest(
            @RequestParam String agency,
            @RequestParam @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) LocalDate day,
            HttpServletResponse response)
            throws IOException {
        if (agencies.get().find(agency).isEmpty() && !manifests.knows(agency)) {
            throw new NoSuchPageException();
        }
        Sheet sheet = new Sheet("way", "at", "id", "messageId", "messageType", "referralId", "state", "digest");
        // As over the API: the agency compares it with its own day.
        ZoneId zone = agencies.get().zone(agency);
        Instant begin = day.atStartOfDay(zone).toInstant();
        Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
        String after = null;
        do {
            Manifests.Page page = manifests.page(agency, begin, end, after, Manifests.LARGEST_PAGE);
            for (Manifests.Line line : page.lines()) {
                sheet.row(
                        line.way().code(),
                        line.at().toString(),
                        line.id(),
                        line.messageId(),
                        line.messageType(),
                        line.referralId(),
                        line.state(),
                        line.digest());
            }
            after = page.next();
        } while (after != null);
        sheet.send(response, "manifest-%s-%s.csv".formatted(agency, day));
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), Times.ZONE);
    }

    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(Times.ZONE).toInstant();
    }
}
