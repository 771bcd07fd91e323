package org.referralhub.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sends traces to a collector by OTLP over HTTP. What it does not take is dropped: no message waits for a collector.
 */
final class CollectedTraces implements Traces, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Pattern CONTEXT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    /**
     * @param endpoint where the collector takes traces, for example {@code http://127.0.0.1:4318/v1/traces}
     * @param share of the traces that are told, 0 to 1; a trace is told whole or not at all
     * @param node tells this process from the others
     */
    CollectedTraces(String endpoint, double share, String node) {
        provider = SdkTracerProvider.builder()
                .setResource(Resource.getDefault()
                        .merge(Resource.create(Attributes.of(
                                AttributeKey.stringKey("service.name"),
                                "referral-hub",
                                AttributeKey.stringKey("service.instance.id"),
                                node))))
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(share)))
                .addSpanProcessor(BatchSpanProcessor.builder(OtlpHttpSpanExporter.builder()
                                .setEndpoint(endpoint)
                                .setTimeout(PATIENCE)
                                .build())
                        .setScheduleDelay(Duration.ofSeconds(1))
                        .build())
                .build();
        tracer = provider.get("org.referralhub");
    }

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Step begin(String name, @Nullable String context) {
        SpanBuilder span = tracer.spanBuilder(name).setSpanKind(SpanKind.CONSUMER);
        SpanContext parent = parse(context);
        if (parent == null) {
            span.setNoParent();
        } else {
            span.setParent(Context.root().with(Span.wrap(parent)));
        }
        return new Told(span.startSpan());
    }

    private static @Nullable SpanContext parse(@Nullable String context) {
        if (context == null) {
            return null;
        }
        var parts = CONTEXT.matcher(context);
        if (!parts.matches()) {
            return null;
        }
        SpanContext parent = SpanContext.createFromRemoteParent(
                parts.group(1), parts.group(2), TraceFlags.fromHex(parts.group(3), 0), TraceState.getDefault());
        return parent.isValid() ? parent : null;
    }

    private record Told(Span span) implements Step {
        @Override
        public String context() {
            SpanContext context = span.getSpanContext();
            return "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                    + context.getTraceFlags().asHex();
        }

        @Override
        public String trace() {
            return span.getSpanContext().getTraceId();
        }

        @Override
        public void note(String name, @Nullable String value) {
            if (value != null) {
                span.setAttribute(name, value);
            }
        }

        @Override
        public void fail(String code) {
            span.setStatus(StatusCode.ERROR, code);
        }

        @Override
        public void end() {
            span.end();
        }
    }

    /** Tells what is not told yet, if the collector answers in time. */
    @Override
    public void close() {
        provider.shutdown().join(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
