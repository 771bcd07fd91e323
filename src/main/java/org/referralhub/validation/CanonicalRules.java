package org.referralhub.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.message.Severity;

/**
 * What must hold between the fields of a canonical message, and what a referral ought to say. What contradicts itself or
 * can't be is an error; what is missing is a warning, because a frightened caller may not say more.
 *
 * <p>It looks at messages that the schema may have refused already, so no field is taken to be of its type.
 */
public final class CanonicalRules {
    /** From this age on somebody is not a child. */
    static final int ADULT_AGE = 18;

    /** How far a sender's clock may run ahead. */
    static final Duration CLOCK_TOLERANCE = Duration.ofHours(24);

    /** Where the day begins that dates are compared with; the western aimags are an hour behind. */
    private static final ZoneId ZONE = ZoneId.of("Asia/Ulaanbaatar");

    private static final Pattern ICD10 = Pattern.compile("^[A-Z][0-9]{2}\\.[0-9]$");
    private static final Pattern LONGER_ICD10 = Pattern.compile("^[A-Z][0-9]{2}\\.?[0-9A-Z]{2,}$");
    private static final Pattern SHA256 = Pattern.compile("^[0-9a-fA-F]{64}$");
    /** Documents, pictures and recordings; what a machine would run is none of them. */
    private static final Pattern DOCUMENT = Pattern.compile(
            "^(?:image|audio|video|text)/[^/]+$|^application/(?:pdf|json|xml|rtf|zip|dicom|msword|vnd\\.(?:ms-|openxmlformats-|oasis\\.)[^/]+)$");

    private CanonicalRules() {}

    /**
     * All findings in a canonical message, with pointers into it and without line and column.
     *
     * @param message a canonical message
     * @param now the instant of arrival
     */
    public static List<Finding> check(JsonNode message, Instant now) {
        List<Finding> findings = new ArrayList<>();
        Instant sentAt = instant(message.path("sentAt"));
        if (sentAt != null && sentAt.isAfter(now.plus(CLOCK_TOLERANCE))) {
            findings.add(Findings.of(Severity.ERROR, "date.future", "/sentAt"));
        }
        // By its sender's clock, unless that runs ahead of the hub's.
        Instant written = sentAt == null || sentAt.isAfter(now) ? now : sentAt;
        LocalDate day = LocalDate.ofInstant(written, ZONE);
        switch (message.path("messageType").asText()) {
            case "REQUEST" -> {
                JsonNode body = message.path("body");
                Request request = new Request(body, "/body", day, now, findings);
                request.check();
                if (body.isObject()) {
                    request.completeness();
                }
            }
            case "AMEND" ->
                new Request(message.path("body").path("changes"), "/body/changes", day, now, findings).check();
            case "ACCEPT" -> notBefore(message.path("body").path("expectedBy"), written, "/body/expectedBy", findings);
            case "HOLD" -> notBefore(message.path("body").path("until"), written, "/body/until", findings);
            case "OUTCOME" -> {
                JsonNode body = message.path("body");
                if (body.path("result").asText().equals("FAILED")
                        && body.path("closeReason").asText().equals("SERVICE_IMPLEMENTED")) {
                    findings.add(Findings.of(Severity.WARNING, "outcome.contradiction", "/body/closeReason"));
                }
            }
            default -> {
                // The schema says all there is to say about the others.
            }
        }
        return findings;
    }

    /** What is promised for a time before the one at which it is promised is a slip. */
    private static void notBefore(JsonNode promised, Instant written, String pointer, List<Finding> findings) {
        Instant moment = instant(promised);
        boolean before = moment != null
                ? moment.isBefore(written)
                : PartialDate.of(promised.asText())
                        .filter(date -> date.latest().isBefore(LocalDate.ofInstant(written, ZONE)))
                        .isPresent();
        if (before) {
            findings.add(Findings.of(Severity.WARNING, "date.before-sent", pointer));
        }
    }

    private static @Nullable Instant instant(JsonNode node) {
        try {
            return node.isTextual() ? OffsetDateTime.parse(node.textValue()).toInstant() : null;
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    /** The rules of one REQUEST body, or of the part of one that an AMEND carries. */
    private record Request(JsonNode body, String at, LocalDate day, Instant now, List<Finding> findings) {

        void check() {
            JsonNode child = body.path("child");
            Optional<PartialDate> birth = birthDate(child);
            Optional<RegisterNumber.Valid> number = registerNumber(child);
            number.ifPresent(valid -> agreement(child, birth, valid));
            age(child, birth, number);
            incidents(birth.or(() -> number.map(Request::born)));
            concerns();
            phone(body.path("callbackPhone"), "/callbackPhone");
            each("caregivers", (caregiver, where) -> phone(caregiver.path("phone"), where + "/phone"));
            each("icd10", this::icd10);
            each("attachments", this::attachment);
            each("previousReferrals", (earlier, where) -> date(earlier.path("date"), where + "/date"));
            names();
            consent();
        }

        /** What a referral ought to say, beyond what it has to. */
        void completeness() {
            JsonNode child = body.path("child");
            if (!present(child, "givenName") && !present(child, "knownAs")) {
                warn("child.name-missing", "/child/givenName");
            }
            if (!present(child, "registerNo")) {
                warn("child.register-number-missing", "/child/registerNo");
            }
            boolean address = child.path("address").size() > 0;
            if (!address) {
                warn("child.address-missing", "/child/address");
            }
            if (!address && !present(body, "callbackPhone") && !hasText()) {
                error("referral.unreachable", "/callbackPhone", Map.of());
            }
            JsonNode consent = body.path("consent");
            if (!body.has("consent")) {
                warn("consent.missing", "/consent");
            }
            if (!present(body, "legalBasis") && !consent.path("services").asBoolean()) {
                warn("legal-basis.missing", "/legalBasis");
            }
        }

        private Optional<PartialDate> birthDate(JsonNode child) {
            return date(child.path("birthDate"), "/child/birthDate");
        }

        /** A date that has passed; one that can't be or lies ahead is an error, and none. */
        private Optional<PartialDate> date(JsonNode node, String where) {
            String text = node.asText();
            if (!node.isTextual() || !looksLikeDate(text)) {
                return Optional.empty();
            }
            Optional<PartialDate> date = PartialDate.of(text);
            if (date.isEmpty()) {
                error("date.impossible", where, Map.of());
            } else if (date.get().earliest().isAfter(LocalDate.ofInstant(now, ZONE))) {
                error("date.future", where, Map.of());
                return Optional.empty();
            }
            return date;
        }

        private static boolean looksLikeDate(String text) {
            return text.length() >= 4
                    && text.length() <= 10
                    && text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
        }

        private Optional<RegisterNumber.Valid> registerNumber(JsonNode child) {
            if (!present(child, "registerNo")) {
                return Optional.empty();
            }
            RegisterNumber.Reading reading = RegisterNumber.read(
                    RegisterNumber.normalise(child.path("registerNo").textValue()));
            if (reading instanceof RegisterNumber.Invalid invalid) {
                error(invalid.code(), "/child/registerNo", invalid.arguments());
                return Optional.empty();
            }
            RegisterNumber.Valid valid = (RegisterNumber.Valid) reading;
            if (valid.birthDate().isAfter(LocalDate.ofInstant(now, ZONE))) {
                error("date.future", "/child/registerNo", Map.of());
                return Optional.empty();
            }
            return Optional.of(valid);
        }

        private void agreement(JsonNode child, Optional<PartialDate> birth, RegisterNumber.Valid number) {
            if (birth.isPresent() && !birth.get().includes(number.birthDate())) {
                warn("child.birth-date-mismatch", "/child/birthDate");
            }
            String sex = child.path("sex").asText();
            if ((sex.equals("MALE") && !number.male()) || (sex.equals("FEMALE") && number.male())) {
                warn("child.sex-mismatch", "/child/sex");
            }
        }

        /**
         * Only somebody who was certainly an adult when the message was written is refused, and not when it is about something
         * that certainly happened to a child.
         */
        private void age(JsonNode child, Optional<PartialDate> birth, Optional<RegisterNumber.Valid> number) {
            JsonNode estimate = child.path("ageEstimate");
            Optional<PartialDate> born = birth.or(() -> number.map(Request::born));
            if (born.isPresent()) {
                ofAge(born.get(), birth.isPresent() ? "/child/birthDate" : "/child/registerNo");
                if (estimate.isIntegralNumber() && !born.get().allowsAge(estimate.asLong(), day)) {
                    warn("child.age-mismatch", "/child/ageEstimate");
                }
            } else if (estimate.isIntegralNumber() && estimate.asLong() >= ADULT_AGE) {
                error("child.not-a-child", "/child/ageEstimate", Map.of("limit", ADULT_AGE));
            }
        }

        private static PartialDate born(RegisterNumber.Valid number) {
            return new PartialDate(number.birthDate(), number.birthDate());
        }

        private void ofAge(PartialDate birth, String where) {
            if (birth.latest().isAfter(day.minusYears(ADULT_AGE))) {
                return;
            }
            for (JsonNode incident : body.path("incidents")) {
                Optional<PartialDate> date =
                        PartialDate.of(incident.path("date").asText());
                if (date.isPresent()
                        && date.get().latest().isBefore(birth.earliest().plusYears(ADULT_AGE))
                        && !date.get().latest().isBefore(birth.earliest())) {
                    tell(Findings.of(Severity.WARNING, "child.of-age-since", at + where, Map.of("limit", ADULT_AGE)));
                    return;
                }
            }
            error("child.not-a-child", where, Map.of("limit", ADULT_AGE));
        }

        private void incidents(Optional<PartialDate> birth) {
            each("incidents", (incident, where) -> {
                Optional<PartialDate> date = date(incident.path("date"), where + "/date");
                if (date.isPresent()
                        && birth.isPresent()
                        && date.get().latest().isBefore(birth.get().earliest())) {
                    error("incident.before-birth", where + "/date", Map.of());
                } else if (date.isPresent() && date.get().earliest().isAfter(day)) {
                    warn("incident.after-sent", where + "/date");
                }
            });
        }

        private void concerns() {
            JsonNode concerns = body.path("concerns");
            Set<String> codes = new LinkedHashSet<>();
            concerns.forEach(concern -> codes.add(concern.asText()));
            if (codes.equals(Set.of("UNKNOWN"))) {
                warn("concern.unknown", "/concerns/0");
            }
            if (codes.contains("OTHER") && at.equals("/body") && !hasText()) {
                error("concern.text-missing", "/narrative", Map.of());
            }
        }

        private boolean hasText() {
            if (present(body, "narrative")) {
                return true;
            }
            for (JsonNode incident : body.path("incidents")) {
                if (present(incident, "narrative")) {
                    return true;
                }
            }
            return false;
        }

        private void phone(JsonNode phone, String where) {
            if (phone.isTextual()) {
                Phones.check(phone.textValue(), at + where).ifPresent(this::tell);
            }
        }

        /** Names of people are written in one alphabet; a word of two was typed with the wrong keyboard. */
        private void names() {
            for (String part : new String[] {"givenName", "patronymic", "clanName", "knownAs"}) {
                name(body.path("child").path(part), "/child/" + part);
            }
            each("caregivers", (person, where) -> name(person.path("name"), where + "/name"));
            each("perpetrators", (person, where) -> name(person.path("name"), where + "/name"));
            name(body.path("reporter").path("name"), "/reporter/name");
        }

        private void name(JsonNode name, String where) {
            List<Homoglyphs.Correction> corrections =
                    name.isTextual() ? Homoglyphs.amongCyrillic(name.textValue()) : List.of();
            if (!corrections.isEmpty()) {
                tell(Findings.of(
                        Severity.WARNING,
                        "name.mixed-alphabets",
                        at + where,
                        Map.of("correction", Homoglyphs.told(corrections))));
            }
        }

        private void icd10(JsonNode code, String where) {
            String text = code.asText();
            if (!code.isTextual()) {
                return;
            }
            // Which codes are taken is the code list's affair.
            if (!ICD10.matcher(text).matches()) {
                error(LONGER_ICD10.matcher(text).matches() ? "icd10.longer" : "icd10.form", where, Map.of());
            }
        }

        private void attachment(JsonNode attachment, String where) {
            JsonNode digest = attachment.path("sha256");
            if (digest.isTextual() && !SHA256.matcher(digest.textValue()).matches()) {
                error("attachment.sha256", where + "/sha256", Map.of());
            } else if (attachment.isObject() && !digest.isTextual()) {
                warn("attachment.sha256-missing", where + "/sha256");
            }
            JsonNode type = attachment.path("mediaType");
            if (type.isTextual() && !DOCUMENT.matcher(type.textValue()).matches()) {
                warn("attachment.media-type", where + "/mediaType");
            }
        }

        private void consent() {
            JsonNode consent = body.path("consent");
            if (consent.path("overridden").asBoolean()) {
                if (!present(consent, "overrideReason")) {
                    warn("consent.override-reason-missing", "/consent/overrideReason");
                }
                if (!present(body, "legalBasis") && at.equals("/body")) {
                    warn("legal-basis.missing", "/legalBasis");
                }
            } else if (consent.path("disclosure").isBoolean()
                    && !consent.path("disclosure").asBoolean()) {
                warn("consent.not-given", "/consent/disclosure");
            }
        }

        @FunctionalInterface
        private interface Visitor {
            void visit(JsonNode element, String where);
        }

        private void each(String field, Visitor visitor) {
            JsonNode array = body.path(field);
            if (array.isArray()) {
                for (int i = 0; i < array.size(); i++) {
                    visitor.visit(array.get(i), "/" + field + "/" + i);
                }
            }
        }

        private static boolean present(JsonNode node, String field) {
            return node.path(field).isTextual() && !node.path(field).textValue().isBlank();
        }

        private void warn(String code, String where) {
            tell(Findings.of(Severity.WARNING, code, at + where));
        }

        private void error(String code, String where, Map<String, ?> arguments) {
            tell(Findings.of(Severity.ERROR, code, at + where, arguments));
        }

        private void tell(Finding finding) {
            if (hasRoom(finding.severity()) && !findings.contains(finding)) {
                findings.add(finding);
            }
        }

        /** Errors and warnings are counted apart, so that many warnings can't hide the error that refuses. */
        private boolean hasRoom(Severity severity) {
            return findings.size() < Findings.MAX_PER_CHECK
                    || findings.stream()
                                    .filter(finding -> finding.severity() == severity)
                                    .count()
                            < Findings.MAX_PER_CHECK;
        }
    }
}
