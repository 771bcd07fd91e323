package org.referralhub.validation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;

/**
 * A report in the shape of a FHIR R4 OperationOutcome, which the doors answer with.
 *
 * <p>The text is Mongolian, with the English in FHIR's translation extension. {@code expression} holds the JSON Pointer;
 * line and column stand in the extensions that HAPI FHIR uses and, joined, in {@code location}.
 */
public final class OperationOutcome {
    /** The system of the codes of findings. */
    public static final String CODE_SYSTEM = "https://referralhub.org/findings";

    private static final String EXTENSIONS = "http://hl7.org/fhir/StructureDefinition/";

    private static final Map<String, String> ISSUE_TYPES = Map.of(
            "json.too-large", "too-long",
            "json.depth", "too-costly",
            "schema.required", "required",
            "schema.dependent-required", "required",
            "schema.any-of-required", "required",
            "schema.enum", "code-invalid",
            "schema.max-length", "too-long",
            "report.clean", "informational",
            "report.more", "incomplete");

    private OperationOutcome() {}

    /** The report as an OperationOutcome; a clean one holds a single informational issue, as FHIR asks for at least one. */
    public static ObjectNode render(Report report) {
        ObjectNode outcome = JsonNodeFactory.instance.objectNode();
        outcome.put("resourceType", "OperationOutcome").put("language", "mn");
        ArrayNode issues = outcome.putArray("issue");
        if (report.findings().isEmpty()) {
            issue(issues.addObject(), Findings.of(Severity.INFORMATION, "report.clean", ""));
        }
        report.findings().forEach(finding -> issue(issues.addObject(), finding));
        return outcome;
    }

    private static void issue(ObjectNode issue, Finding finding) {
        if (finding.line() > 0) {
            ArrayNode extensions = issue.putArray("extension");
            extensions
                    .addObject()
                    .put("url", EXTENSIONS + "operationoutcome-issue-line")
                    .put("valueInteger", finding.line());
            extensions
                    .addObject()
                    .put("url", EXTENSIONS + "operationoutcome-issue-col")
                    .put("valueInteger", finding.column());
        }
        issue.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
        issue.put("code", issueType(finding.code()));
        ObjectNode details = issue.putObject("details");
        details.putArray("coding").addObject().put("system", CODE_SYSTEM).put("code", finding.code());
        text(details, finding.message());
        if (finding.line() > 0) {
            issue.put("diagnostics", "line " + finding.line() + ", column " + finding.column());
            issue.putArray("location").add(finding.line() + ":" + finding.column());
        }
        if (!finding.pointer().isEmpty()) {
            issue.putArray("expression").add(finding.pointer());
        }
    }

    private static void text(ObjectNode details, Text text) {
        details.put("text", text.mn());
        ObjectNode translation =
                details.putObject("_text").putArray("extension").addObject().put("url", EXTENSIONS + "translation");
        ArrayNode parts = translation.putArray("extension");
        parts.addObject().put("url", "lang").put("valueCode", "en");
        parts.addObject().put("url", "content").put("valueString", text.en());
    }

    /** FHIR's own, coarser code for a finding. */
    private static String issueType(String code) {
        String exact = ISSUE_TYPES.get(code);
        if (exact != null) {
            return exact;
        }
        String family = code.contains(".") ? code.substring(0, code.indexOf('.')) : code;
        return switch (family) {
            case "json", "xml", "csv", "syntax" -> "structure";
            case "schema" -> "value";
            case "code" -> "code-invalid";
            case "sender" -> "forbidden";
            case "lifecycle", "conflict" -> "conflict";
            default -> "business-rule";
        };
    }
}
