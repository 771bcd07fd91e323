package org.referralhub.testing;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/** HAPI FHIR's validator, with all that R4 says of elements, invariants and code lists. */
public final class FhirJudge {
    private static final FhirValidator VALIDATOR = validator();

    private FhirJudge() {}

    /** What is wrong with a resource in JSON or XML, each with its place; empty when it is FHIR R4. */
    public static List<String> faults(String document) {
        return VALIDATOR.validateWithResult(document).getMessages().stream()
                .filter(message -> message.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0)
                .map(message -> message.getLocationString() + " " + message.getMessage())
                .toList();
    }

    private static FhirValidator validator() {
        FhirContext context = FhirContext.forR4();
        FhirInstanceValidator r4 = new FhirInstanceValidator(new ValidationSupportChain(
                new DefaultProfileValidationSupport(context),
                new InMemoryTerminologyServerValidationSupport(context),
                new CommonCodeSystemsTerminologyService(context)));
        // Of a profile that only its authors have, R4 still holds.
        r4.setErrorForUnknownProfiles(false);
        return context.newValidator().registerValidatorModule(r4);
    }
}
