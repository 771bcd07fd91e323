package org.referralhub.api;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.Manifests;
import org.springframework.format.annotation.DateTimeFormat;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Whether everything is accounted for: for operators of the whole hub, for an agency of what passed between it and the hub. */
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Books", description = "Whether everything that was accepted is accounted for.")
class BooksController {
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final String PAGE_SIZE = "500";

    private final Books books;
    private final Manifests manifests;
    private final Supplier<AgencyRegistry> agencies;
    private final Clock clock;

    BooksController(Books books, Manifests manifests, Supplier<AgencyRegistry> agencies, Clock clock) {
        this.books = books;
        this.manifests = manifests;
        this.agencies = agencies;
        this.clock = clock;
    }

    /** @param balanced true when nothing disagrees */
    @Schema(name = "Books", description = "Whether everything that was accepted is accounted for.")
    record BooksAnswer(
            boolean balanced,
            @Nullable Instant since,
            Books.Account total,
            List<Books.Account> byAgency,
            long acceptedMessages,
            long refusedMessages,
            long openLetters,
            List<String> faults) {}

    @GetMapping("/books")
    @Operation(
            summary = "The books",
            description = "owed = delivered + waiting + desk + withdrawn, for every agency and in total, and the same "
                    + "compared with what really lies in the queues. With verify, every row of the hours from `from` until "
                    + "`to` is looked at again, which takes some seconds for each million messages; what does not agree "
                    + "is named: agency, hour and row.")
    @ApiResponse(responseCode = "200", description = "The books at this moment")
    BooksAnswer books(
            @RequestParam(defaultValue = "false") boolean verify,
            @Parameter(description = "First hour to verify, with offset; the beginning when it is missing")
                    @RequestParam(required = false)
                    @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
                    @Nullable
                    OffsetDateTime from,
            @Parameter(description = "First hour not to verify any more, with offset; none when it is missing")
                    @RequestParam(required = false)
                    @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
                    @Nullable
                    OffsetDateTime to) {
        Books.BooksView view = verify
                ? books.verify(from == null ? null : from.toInstant(), to == null ? null : to.toInstant())
                : books.books();
        return new BooksAnswer(
                view.balanced(),
                view.since(),
                view.total(),
                view.byAgency(),
                view.acceptedMessages(),
                view.refusedMessages(),
                view.openLetters(),
                view.faults());
    }

    @GetMapping("/books/hours")
    @Operation(
            summary = "The books by the hour",
            description =
                    "What each hour took in, and what has become of it by now: "
                            + "owed = delivered + waiting + desk + withdrawn for each of them. Hours in which nothing came are missing.")
    @ApiResponse(responseCode = "200", description = "The hours in order")
    List<Books.Hour> hours(
            @Parameter(description = "Only what this agency sent and is owed; the totals without it")
                    @RequestParam(required = false)
                    @Nullable
                    String agency,
            @Parameter(description = "The first hour, with offset")
                    @RequestParam
                    @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
                    OffsetDateTime from,
            @Parameter(description = "The first hour not wanted any more, with offset; at most 31 days later")
                    @RequestParam
                    @DateTimeFormat(iso = DateTimeFormat.ISO.DATE_TIME)
                    OffsetDateTime to) {
        if (Duration.between(from, to).compareTo(LONGEST) > 0) {
            throw ProblemException.of(Problem.BAD_REQUEST, "from and to are at most 31 days apart.");
        }
        return books.hours(agency, from.toInstant(), to.toInstant());
    }

    /**
     * A manifest, or a page of it.
     *
     * @param zone time zone of the day
     * @param closed true when the day was over, so that nothing is added any more
     * @param next {@code after} of the next page; null on the last
     */
    @Schema(name = "Manifest", description = "What passed between the hub and one agency on one day.")
    record ManifestAnswer(
            String agency,
            LocalDate day,
            String zone,
            boolean closed,
            List<Manifests.Line> lines,
            @Nullable String next) {}

    @GetMapping("/manifest")
    @Operation(summary = "What passed between the hub and one agency on one day", description = """
                    Each message that the hub took from the agency, with the digest of its own bytes, and each that it put \
                    into its inbox, with the digest of the document there (SHA-256). An agency gets its own; operators name \
                    one. The day is one of the agency's time zone. With `format=csv` the whole manifest comes as one table, \
                    in an order that never changes.""")
    @ApiResponse(responseCode = "200", description = "The manifest, or a page of it")
    ManifestAnswer manifest(
            @Parameter(hidden = true) @AuthenticationPrincipal Caller caller,
            @Parameter(example = "2026-11-22") @RequestParam @DateTimeFormat(iso = DateTimeFormat.ISO.DATE)
                    LocalDate day,
            @Parameter(description = "For operators: whose manifest") @RequestParam(required = false) @Nullable
                    String agency,
            @Parameter(description = "`next` of the page before") @RequestParam(required = false) @Nullable
                    String after,
            @Parameter(description = "Lines on a page, 1 to 1000") @RequestParam(defaultValue = PAGE_SIZE) int size) {
        if (size < 1 || size > Manifests.LARGEST_PAGE) {
            throw ProblemException.of(Problem.BAD_REQUEST, "size goes from 1 to %d.".formatted(Manifests.LARGEST_PAGE));
        }
        String whose = whose(caller, agency);
        ZoneId zone = agencies.get().zone(whose);
        Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
        Manifests.Page page;
        try {
            page = manifests.page(whose, day.atStartOfDay(zone).toInstant(), end, after, size);
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(Problem.BAD_REQUEST, "after must be the next of a page.");
        }
        return new ManifestAnswer(whose, day, zone.getId(), !clock.instant().isBefore(end), page.lines(), page.next());
    }

    @GetMapping(path = "/manifest", params = "format=csv", produces = "text/csv")
    @Operation(hidden = true)
    void manifestAsTable(
            @AuthenticationPrincipal Caller caller,
            @RequestParam @DateTimeFormat(iso = DateTimeFormat.ISO.DATE) LocalDate day,
            @RequestParam(required = false) @Nullable String agency,
            HttpServletResponse response)
            throws IOException {
        String whose = whose(caller, agency);
        ZoneId zone = agencies.get().zone(whose);
        Instant begin = day.atStartOfDay(zone).toInstant();
        Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
        // Whole before its first byte leaves: a page that can't be read must not end as a manifest that looks complete.
        byte[] table = table(whose, zone, begin, end).getBytes(StandardCharsets.UTF_8);
        response.setContentType("text/csv");
        response.setCharacterEncoding(StandardCharsets.UTF_8.name());
        response.setContentLength(table.length);
        response.getOutputStream().write(table);
    }

    private String table(String whose, ZoneId zone, Instant begin, Instant end) throws IOException {
        StringWriter table = new StringWriter();
        // Read page by page: no page holds the ledger's snapshot for long.
        Manifests.Page page = manifests.page(whose, begin, end, null, Manifests.LARGEST_PAGE);
        try (CsvWriter csv = CsvWriter.builder().lineDelimiter(LineDelimiter.LF).build(table)) {
            csv.writeRecord("way", "at", "id", "messageId", "messageType", "referralId", "state", "digest");
            while (true) {
                for (Manifests.Line line : page.lines()) {
                    csv.writeRecord(
                            line.way().code(),
                            DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                                    line.at().atZone(zone)),
                            line.id(),
                            line.messageId(),
                            line.messageType(),
                            line.referralId(),
                            line.state(),
                            line.digest());
                }
                if (page.next() == null) {
                    break;
                }
                page = manifests.page(whose, begin, end, page.next(), Manifests.LARGEST_PAGE);
            }
        }
        return table.toString();
    }

    /** An agency's own; operators say whose. */
    private String whose(Caller caller, @Nullable String agency) {
        if (caller.agency()) {
            if (agency != null && !agency.equals(caller.id())) {
                throw ProblemException.of(Problem.FORBIDDEN, null);
            }
            return caller.id();
        }
        if (agency == null) {
            throw ProblemException.of(Problem.BAD_REQUEST, "agency names whose manifest is wanted.");
        }
        if (agencies.get().find(agency).isEmpty() && !manifests.knows(agency)) {
            throw ProblemException.of(Problem.NOT_FOUND, null);
        }
        return agency;
    }
}
