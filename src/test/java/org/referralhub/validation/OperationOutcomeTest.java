package org.referralhub.validation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;

class OperationOutcomeTest {
    /** FHIR R4's value set issue-type. */
    private static final Set<String> ISSUE_TYPES = Set.of(
            "invalid",
            "structure",
            "required",
            "value",
            "invariant",
            "security",
            "login",
            "unknown",
            "expired",
            "forbidden",
            "suppressed",
            "processing",
            "not-supported",
            "duplicate",
            "multiple-matches",
            "not-found",
            "deleted",
            "too-long",
            "code-invalid",
            "extension",
            "too-costly",
            "business-rule",
            "conflict",
            "transient",
            "lock-error",
            "no-store",
            "exception",
            "timeout",
            "incomplete",
            "throttled",
            "informational");

    private static final Report REPORT = new Report(List.of(
            Findings.of(Severity.ERROR, "schema.required", "/body/concerns").at("/body/concerns", 3, 10),
            new Finding(Severity.WARNING, "child.age-unknown", "", 0, 0, new Text("Нас", "Age"))));

    @Test
    void anIssueTellsItsPlaceAndBothLanguages() throws Exception {
        JsonNode expected = new ObjectMapper().readTree("""
                {"resourceType":"OperationOutcome","language":"mn","issue":[{
                  "extension":[
                    {"url":"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line","valueInteger":3},
                    {"url":"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col","valueInteger":10}],
                  "severity":"error","code":"required",
                  "details":{"coding":[{"system":"https://referralhub.org/findings","code":"schema.required"}],
                    "text":"Заавал бөглөх талбар дутуу байна.",
                    "_text":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/translation","extension":[
                      {"url":"lang","valueCode":"en"},
                      {"url":"content","valueString":"The field is required and is missing."}]}]}},
                  "diagnostics":"line 3, column 10","location":["3:10"],"expression":["/body/concerns"]}]}
                """);
        Report report = new Report(REPORT.findings().subList(0, 1));
        assertThat(OperationOutcome.render(report)).isEqualTo(expected);
    }

    @Test
    void anIssueWithoutAPlaceHasNoneMadeUp() {
        JsonNode issue = OperationOutcome.render(REPORT).path("issue").path(1);
        assertThat(issue.path("severity").asText()).isEqualTo("warning");
        assertThat(issue.path("code").asText()).isEqualTo("business-rule");
        assertThat(issue.has("location") || issue.has("expression") || issue.has("extension"))
                .isFalse();
    }

    @Test
    void aCleanReportStillHoldsOneIssueAsFhirWants() {
        JsonNode issues = OperationOutcome.render(Report.CLEAN).path("issue");
        assertThat(issues).hasSize(1);
        assertThat(issues.path(0).path("severity").asText()).isEqualTo("information");
    }

    @Test
    void everyCodeOfTheCatalogueHasAnIssueTypeOfFhir() {
        for (String code : Findings.codes()) {
            Finding finding = new Finding(Severity.ERROR, code, "", 0, 0, new Text("мн", "en"));
            String type = OperationOutcome.render(new Report(List.of(finding)))
                    .path("issue")
                    .path(0)
                    .path("code")
                    .asText();
            assertThat(ISSUE_TYPES).as(code).contains(type);
        }
    }

    @Test
    void aReportComesBackFromItsBytesAsItWas() {
        assertThat(ReportJson.fromBytes(ReportJson.toBytes(REPORT))).isEqualTo(REPORT);
        assertThat(ReportJson.toBytes(Report.CLEAN)).isEmpty();
        assertThat(ReportJson.fromBytes(new byte[0])).isEqualTo(Report.CLEAN);
        assertThat(ReportJson.toArray(REPORT).path(0).fieldNames())
                .toIterable()
                .containsExactly("severity", "code", "pointer", "line", "column", "mn", "en");
    }

    @Test
    void whatIsNoReportIsRefusedWithoutBeingRepeated() {
        for (String bytes :
                List.of("[{\"severity\":\"secretvalue\"}]", "secretvalue", "{\"a\":\"secretvalue\"}", "[1]")) {
            assertThatThrownBy(() -> ReportJson.fromBytes(bytes.getBytes(UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("secretvalue")
                    .hasMessageNotContaining("SECRETVALUE")
                    .hasNoCause();
        }
    }
}
