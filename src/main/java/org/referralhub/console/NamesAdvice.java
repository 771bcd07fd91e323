package org.referralhub.console;

import java.util.Locale;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.configuration.CodeLists;
import org.referralhub.configuration.Places;
import org.springframework.context.annotation.Lazy;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

/** Gives pages the names of what they show. */
@ControllerAdvice(
        assignableTypes = {
            ReferralPages.class,
            AgencyPages.class,
            RoutePages.class,
            BookPages.class,
            StatisticPages.class,
            AuditPages.class,
            UserPages.class,
            AlarmPages.class
        })
@Lazy
class NamesAdvice {
    private final Supplier<AgencyRegistry> agencies;
    private final Supplier<Places> places;
    private final Supplier<CodeLists> codes;

    NamesAdvice(Supplier<AgencyRegistry> agencies, Supplier<Places> places, Supplier<CodeLists> codes) {
        this.agencies = agencies;
        this.places = places;
        this.codes = codes;
    }

    @ModelAttribute("names")
    Names names(Locale language) {
        return new Names("en".equals(language.getLanguage()), agencies.get(), places.get(), codes.get());
    }
}
