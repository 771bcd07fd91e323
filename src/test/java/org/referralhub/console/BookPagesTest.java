package org.referralhub.console;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.eq;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.ledger.Books;
import org.referralhub.ledger.Manifests;
import org.springframework.mock.web.MockHttpServletResponse;

/** The books on the console. */
class BookPagesTest {
    @Test
    void a_manifest_has_the_day_of_its_agency_as_over_the_api() throws Exception {
        AgencyRegistry agencies = mock(AgencyRegistry.class);
        when(agencies.zone("hovd")).thenReturn(ZoneId.of("Asia/Hovd"));
        Manifests manifests = mock(Manifests.class);
        when(manifests.knows("hovd")).thenReturn(true);
        when(manifests.page(any(), any(), any(), any(), anyInt())).thenReturn(new Manifests.Page(List.of(), null));

        new BookPages(mock(Books.class), manifests, () -> agencies, Clock.systemUTC())
                .manifest("hovd", LocalDate.parse("2026-11-22"), new MockHttpServletResponse());

        verify(manifests)
                .page(
                        eq("hovd"),
                        eq(Instant.parse("2026-11-21T17:00:00Z")),
                        eq(Instant.parse("2026-11-22T17:00:00Z")),
                        any(),
                        anyInt());
    }
}
