package org.referralhub.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.dialect.FhirXml;
import org.referralhub.message.Report;
import org.referralhub.validation.OperationOutcome;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * What the hub says of a message, for systems that read nothing but FHIR R4: an OperationOutcome, also of a message that it
 * takes. They ask for it with the header Accept; everybody else reads JSON.
 */
final class FhirAnswer {
    static final MediaType JSON = MediaType.parseMediaType("application/fhir+json");
    static final MediaType XML = MediaType.parseMediaType("application/fhir+xml");

    private static final List<MediaType> SPOKEN = List.of(MediaType.APPLICATION_JSON, JSON, XML);
    private static final String EXTENSION = "urn:referral-hub:extension:";

    private FhirAnswer() {}

    /** The form of FHIR that the caller would rather read than the hub's own JSON; empty when it names none. */
    static Optional<MediaType> asked(@Nullable String accept) {
        try {
            return MediaType.parseMediaTypes(accept).stream()
                    .filter(type ->
                            type.getQualityValue() > 0 && SPOKEN.stream().anyMatch(type::equalsTypeAndSubtype))
                    // The first of equals, as FHIR's own clients write them.
                    .sorted(Comparator.comparingDouble(MediaType::getQualityValue)
                            .reversed())
                    .findFirst()
                    .filter(type -> !type.equalsTypeAndSubtype(MediaType.APPLICATION_JSON))
                    .map(type -> type.equalsTypeAndSubtype(XML) ? XML : JSON);
        } catch (InvalidMediaTypeException e) {
            // No message waits because of what its sender would like to read.
            return Optional.empty();
        }
    }

    /** What was found. */
    static ResponseEntity<Object> of(HttpStatusCode status, MediaType form, Report report) {
        return answer(status, form, OperationOutcome.render(report));
    }

    /** That the hub has the message: what a receipt says in the same extensions, and what was found. */
    static ResponseEntity<Object> taken(HttpStatusCode status, MediaType form, MessageDoor.Verdict.Taken taken) {
        ObjectNode outcome = OperationOutcome.render(taken.report());
        ArrayNode extensions = outcome.putArray("extension");
        MessageAnswer answer = taken.answer();
        extension(extensions, "status").put("valueCode", answer.status());
        extension(extensions, "referral").put("valueString", answer.referralId());
        extension(extensions, "reference").put("valueString", answer.reference());
        if (answer.incomplete()) {
            extension(extensions, "incomplete").put("valueBoolean", true);
        }
        return answer(status, form, outcome);
    }

    private static ObjectNode extension(ArrayNode extensions, String name) {
        return extensions.addObject().put("url", EXTENSION + name);
    }

    private static ResponseEntity<Object> answer(HttpStatusCode status, MediaType form, ObjectNode outcome) {
        String text = form.equals(XML) ? FhirXml.write(outcome) : outcome.toString();
        return ResponseEntity.status(status).contentType(form).body(text.getBytes(StandardCharsets.UTF_8));
    }
}
