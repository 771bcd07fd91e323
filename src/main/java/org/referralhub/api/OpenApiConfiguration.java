package org.referralhub.api;

import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.ComposedSchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.referralhub.message.Finding;
import org.referralhub.message.Report;
import org.referralhub.message.Severity;
import org.referralhub.message.Text;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What {@code /v3/api-docs} says beyond paths and types: the documents that each dialect may send, with real samples, and
 * the two forms of saying no, the report and the problem, on every operation that can use them.
 */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {
    private static final String JSON = "application/json";
    private static final String PROBLEM_JSON = "application/problem+json";
    private static final String BASIC = "basic";

    /** One document that may be sent, for the description of the bodies. */
    record SampleDocument(String dialect, String mediaType, String text) {}

    /** Samples for the description; none where no dialect is at hand. */
    interface Samples {
        /** One accepted document of each dialect. */
        List<SampleDocument> accepted();
    }

    @Bean
    OpenAPI hubApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Referral Hub")
                        .version("1")
                        .license(new License().name("Apache-2.0").url("https://www.apache.org/licenses/LICENSE-2.0"))
                        .description("""
                                Carries child-protection referrals between agencies, and the answers back.

                                Agencies send with `POST /api/v1/messages` in their own dialect, read with \
                                `GET /api/v1/inbox` and acknowledge with `DELETE /api/v1/inbox/{id}`. The same can be done \
                                over AMQP 1.0, STOMP and Core on the queues `intake.<dialect>` and `agency.<id>.inbox`.

                                There are two ways to hear no. A **message** that cannot pass is answered 422 with an \
                                OperationOutcome: every fault, its place in your bytes, in Mongolian and English. A \
                                **request** that cannot be served is answered with a problem document (RFC 9457) that says \
                                what to do. After 429 and 503 wait as the header `Retry-After` says; sending the same \
                                message again is always safe."""))
                .components(new Components()
                        .addSecuritySchemes(
                                BASIC,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("basic")
                                        .description("The agency's id, or the operator's user name, and its secret")))
                .addSecurityItem(new SecurityRequirement().addList(BASIC));
    }

    @Bean
    OpenApiCustomizer refusalsAndSamples(Samples samples) {
        return api -> {
            ModelConverters.getInstance(true)
                    .readAll(ProblemDocument.class)
                    .forEach((name, schema) -> api.getComponents().addSchemas(name, schema));
            ModelConverters.getInstance(true).read(MessageAnswer.class).forEach((name, schema) -> api.getComponents()
                    .addSchemas(name, schema));
            ModelConverters.getInstance(true).readAll(FileAnswer.class).forEach((name, schema) -> api.getComponents()
                    .addSchemas(name, schema));
            api.getComponents().addSchemas("OperationOutcome", operationOutcome());
            api.getComponents().addSchemas("Stages", stages());
            for (Map.Entry<String, PathItem> path : api.getPaths().entrySet()) {
                path.getValue().readOperationsMap().forEach((method, operation) -> {
                    describeProblems(path.getKey(), method, operation);
                });
            }
            Operation send = Objects.requireNonNull(api.getPaths().get("/api/v1/messages"))
                    .getPost();
            Operation validate = Objects.requireNonNull(api.getPaths().get("/api/v1/validate"))
                    .getPost();
            send.setRequestBody(documents(samples.accepted()));
            validate.setRequestBody(documents(samples.accepted()));
            send.getResponses()
                    .addApiResponse(
                            "202",
                            new ApiResponse()
                                    .description("Accepted, or accepted before (`duplicate`)")
                                    .content(orFhir(
                                            content(JSON, reference("MessageAnswer"), Map.of("accepted", taken())))));
            send.getResponses()
                    .addApiResponse(
                            "422",
                            new ApiResponse()
                                    .description("Refused, with every fault and its place in your bytes")
                                    .content(outcomeContent()));
            validate.getResponses()
                    .addApiResponse(
                            "200",
                            new ApiResponse()
                                    .description(
                                            "Everything that was found; one informational issue when nothing was. With"
                                                    + " `stages=true` every stage")
                                    .content(checked()));
        };
    }

    private static void describeProblems(String path, PathItem.HttpMethod method, Operation operation) {
        boolean takesDocument = path.endsWith("/messages") || path.endsWith("/validate");
        addProblem(operation, Problem.UNAUTHENTICATED, "Who calls is not known");
        addProblem(operation, Problem.FORBIDDEN, "The caller's role may not do this");
        addProblem(operation, Problem.TOO_MANY_REQUESTS, "Too many requests, or too many wrong secrets");
        addProblem(operation, Problem.UNAVAILABLE, "The broker or the ledger does not answer");
        if (path.contains("/dead-letters/") && method == PathItem.HttpMethod.POST) {
            addProblem(
                    operation,
                    Problem.CHANGED,
                    "It has changed since the caller looked, or its state does not allow it");
        }
        if (path.contains("{") && method != PathItem.HttpMethod.DELETE) {
            addProblem(operation, Problem.NOT_FOUND, "There is no such thing, or not for this caller");
        }
        if (operation.getParameters() != null
                && operation.getParameters().stream().anyMatch(parameter -> "query".equals(parameter.getIn()))) {
            addProblem(operation, Problem.BAD_REQUEST, "A parameter is out of its range");
        }
        if (takesDocument) {
            addProblem(operation, Problem.TOO_LARGE, "The body is larger than 1 MiB");
            addProblem(operation, Problem.UNSUPPORTED_MEDIA_TYPE, "Not a media type of your dialect, or packed");
        }
        if (path.endsWith("/search")) {
            addProblem(operation, Problem.BAD_REQUEST, "Too little is said of the child, or too much is asked for");
            addProblem(operation, Problem.SEARCH_OFF, "The hub has no key for this search");
        }
        if (path.endsWith("/messages")) {
            addProblem(operation, Problem.CONFLICT, "You used this message id before for other content");
        }
    }

    private static void addProblem(Operation operation, Problem problem, String description) {
        Example example = new Example().value(exampleOf(problem));
        ApiResponse response = new ApiResponse()
                .description(description)
                .content(content(
                        PROBLEM_JSON,
                        reference("Problem"),
                        Map.of(problem.name().toLowerCase(Locale.ROOT).replace('_', '-'), example)));
        if (problem == Problem.TOO_MANY_REQUESTS || problem == Problem.UNAVAILABLE) {
            response.addHeaderObject(
                    "Retry-After", new Header().description("Seconds to wait").schema(new IntegerSchema()));
        }
        operation
                .getResponses()
                .addApiResponse(Integer.toString(problem.status().value()), response);
    }

    private static Map<String, Object> exampleOf(Problem problem) {
        ProblemDocument document = problem.document(null);
        Map<String, Object> example = new TreeMap<>();
        example.put("type", document.type());
        example.put("title", document.title());
        example.put("status", document.status());
        example.put(
                "remedy",
                Map.of("mn", document.remedy().mn(), "en", document.remedy().en()));
        return example;
    }

    private static RequestBody documents(List<SampleDocument> samples) {
        Content content = new Content();
        for (SampleDocument sample : samples) {
            MediaType type = content.computeIfAbsent(sample.mediaType(), ignored -> new MediaType()
                    .schema(new StringSchema().description("A document in your own dialect")));
            type.addExamples(sample.dialect(), new Example().value(sample.text()));
        }
        if (content.isEmpty()) {
            content.addMediaType(JSON, new MediaType().schema(new ObjectSchema()));
        }
        return new RequestBody()
                .required(true)
                .description("A document in the caller's own dialect, at most 1 MiB; see `schemas/<dialect>/`")
                .content(content);
    }

    private static Content outcomeContent() {
        return orFhir(content(
                JSON, reference("OperationOutcome"), Map.of("one-error", new Example().value(outcomeExample()))));
    }

    /** The same for a system that reads nothing but FHIR. */
    private static Content orFhir(Content content) {
        for (org.springframework.http.MediaType form : List.of(FhirAnswer.JSON, FhirAnswer.XML)) {
            content.addMediaType(form.toString(), new MediaType().schema(reference("OperationOutcome")));
        }
        return content;
    }

    /** What was found, or with stages what would become of the document. */
    private static Content checked() {
        Content content = outcomeContent();
        Objects.requireNonNull(content.get(JSON))
                .setSchema(new ComposedSchema()
                        .addAnyOfItem(reference("OperationOutcome"))
                        .addAnyOfItem(reference("Stages")));
        return content;
    }

    private static Schema<?> stages() {
        Schema<?> findings = new ArraySchema()
                .items(new ObjectSchema().description("severity, code, pointer, line, column, mn and en of a finding"));
        Schema<?> recipient = new ObjectSchema()
                .addProperty("agency", new StringSchema())
                .addProperty("kind", new StringSchema())
                .addProperty("name", new ObjectSchema().description("mn and en"))
                .addProperty("rule", new StringSchema().description("The rule that chooses it"))
                .addProperty("basis", new StringSchema().description("On what basis it is shown what it is shown"))
                .addProperty(
                        "differences",
                        new ArraySchema()
                                .items(new ObjectSchema())
                                .description(
                                        "pointer, change, before and after of what it is not shown as it was said"))
                .addProperty("dialect", new StringSchema())
                .addProperty("contentType", new StringSchema())
                .addProperty("document", new StringSchema().description("What it would read"))
                .addProperty("findings", findings);
        return new ObjectSchema()
                .description("What would become of the document, stage by stage, as `./hub try --json` prints it")
                .addProperty("sender", new StringSchema())
                .addProperty("dialect", new StringSchema())
                .addProperty("bytes", new IntegerSchema())
                .addProperty("accepted", new BooleanSchema())
                .addProperty("incomplete", new BooleanSchema())
                .addProperty("findings", findings)
                .addProperty("messageType", new StringSchema().description("Only of what is accepted"))
                .addProperty("canonical", new ObjectSchema().description("Only of what is accepted"))
                .addProperty(
                        "recipients",
                        new ArraySchema().items(recipient).description("Only of a REQUEST that is accepted"));
    }

    /** Written by the same hand as the real ones, so that the example cannot drift from them. */
    private static Object outcomeExample() {
        Report report = new Report(List.of(new Finding(
                Severity.ERROR,
                "register-number.homoglyph",
                "/child/register_no",
                7,
                20,
                new Text("Регистрийн дугаарт латин үсэг орсон байна.", "The register number holds Latin letters."))));
        return new com.fasterxml.jackson.databind.ObjectMapper()
                .convertValue(
                        org.referralhub.validation.OperationOutcome.render(report),
                        new com.fasterxml.jackson.core.type.TypeReference<Map<String, Object>>() {});
    }

    private static Example taken() {
        return new Example()
                .value(Map.of(
                        "referralId", "6a1d2b0c-6f3e-8a4b-9c11-2f54d3a8e7b0",
                        "reference", "RF-7K2M-Q8XD-3F5T",
                        "messageId", "call-2026-000123",
                        "status", "accepted",
                        "incomplete", false,
                        "findings", List.of()));
    }

    private static Schema<?> operationOutcome() {
        Schema<?> issue = new ObjectSchema()
                .addProperty(
                        "severity",
                        new StringSchema()
                                .addEnumItem("fatal")
                                .addEnumItem("error")
                                .addEnumItem("warning")
                                .addEnumItem("information"))
                .addProperty("code", new StringSchema().description("FHIR issue type"))
                .addProperty("details", new ObjectSchema().description("The hub's own code and the text"))
                .addProperty("diagnostics", new StringSchema())
                .addProperty(
                        "location", new ArraySchema().items(new StringSchema()).description("Line and column"))
                .addProperty(
                        "expression",
                        new ArraySchema().items(new StringSchema()).description("JSON Pointer of the field"))
                .addProperty(
                        "extension",
                        new ArraySchema()
                                .items(new ObjectSchema())
                                .description("Line, column, and the text in the other language"));
        return new ObjectSchema()
                .description("Every finding of the checks, in the shape of a FHIR R4 OperationOutcome")
                .addProperty("resourceType", new StringSchema().addEnumItem("OperationOutcome"))
                .addProperty("language", new StringSchema().description("Of the texts; the other stands in extensions"))
                .addProperty("issue", new ArraySchema().items(issue));
    }

    private static Schema<?> reference(String name) {
        return new Schema<>().$ref("#/components/schemas/" + name);
    }

    private static Content content(String mediaType, Schema<?> schema, Map<String, Example> examples) {
        MediaType type = new MediaType().schema(schema);
        examples.forEach(type::addExamples);
        return new Content().addMediaType(mediaType, type);
    }
}
