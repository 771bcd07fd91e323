package org.referralhub.api;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.ledger.Books;
import org.referralhub.message.AgencyKind;
import org.referralhub.message.Text;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** What operators watch. */
@RestController
@RequestMapping(path = "/api/v1", produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Operations", description = "For operators: agencies with their backlog, and the books.")
class OperationsController {
    private final AgencyRegistry agencies;
    private final Broker broker;
    private final Books books;

    OperationsController(AgencyRegistry agencies, Broker broker, Books books) {
        this.agencies = agencies;
        this.broker = broker;
        this.books = books;
    }

    /** @param backlog messages in its inbox */
    @Schema(name = "Agency")
    record AgencyAnswer(String id, AgencyKind kind, Text name, Set<String> serves, String dialect, long backlog) {}

    /** @param balanced true when nothing disagrees */
    @Schema(name = "Books", description = "Whether everything that was accepted is accounted for.")
    record BooksAnswer(
            boolean balanced,
            Books.Account total,
            List<Books.Account> byAgency,
            long acceptedMessages,
            long refusedMessages,
            long openLetters,
            List<String> faults) {}

    @GetMapping("/agencies")
    @Operation(summary = "Agencies and their backlog")
    @ApiResponse(responseCode = "200", description = "Every agency of the registry")
    List<AgencyAnswer> agencies() {
        Map<String, Long> depths = broker.depths();
        return agencies.all().stream()
                .map(agency -> new AgencyAnswer(
                        agency.id(),
                        agency.kind(),
                        agency.name(),
                        agency.serves(),
                        agency.dialect(),
                        depths.getOrDefault(agency.inbox(), 0L)))
                .toList();
    }

    @GetMapping("/books")
    @Operation(
            summary = "The books",
            description = "owed = delivered + waiting + desk + withdrawn, for every agency and in total, and the same "
                    + "compared with what really lies in the queues. With verify, every row is counted again, which takes "
                    + "seconds for each million messages.")
    @ApiResponse(responseCode = "200", description = "The books at this moment")
    BooksAnswer books(@RequestParam(defaultValue = "false") boolean verify) {
        Books.BooksView view = verify ? books.verify() : books.books();
        return new BooksAnswer(
                view.balanced(),
                view.total(),
                view.byAgency(),
                view.acceptedMessages(),
                view.refusedMessages(),
                view.openLetters(),
                view.faults());
    }
}
