package org.referralhub.trace;

import org.jspecify.annotations.Nullable;

/**
 * Tells a collector of traces what the stages do with a message. A trace begins at the hub's own door: what a client says of a
 * trace of its own is not believed, like everything else that it says of itself.
 */
public interface Traces {
    /** Tells nobody; what another node has begun is passed on. */
    Traces OFF = new Traces() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public Step begin(String name, @Nullable String context) {
            return context == null ? Untold.NOTHING : new Untold(context);
        }
    };

    /** False when nobody is told, so that callers can spare the work. */
    boolean isOn();

    /**
     * Begins what a stage does with a message.
     *
     * @param name of the stage, for example {@code intake}
     * @param context W3C trace context that the message came with; null or not one: a new trace
     */
    Step begin(String name, @Nullable String context);

    /** The trace that a W3C trace context speaks of; null when it is none. */
    static @Nullable String traceOf(@Nullable String context) {
        return context != null && context.length() == 55 ? context.substring(3, 35) : null;
    }

    /** What one stage does with one message. */
    interface Step {
        /** W3C trace context for the messages that follow from this one; null when there is no trace. */
        @Nullable
        String context();

        /** The trace, 32 hexadecimal digits; null when nobody is told. */
        @Nullable
        String trace();

        /** Adds an opaque id or a code; nothing when it is null. */
        void note(String name, @Nullable String value);

        /** It failed for this reason, a code. */
        void fail(String code);

        /** It is over. */
        void end();
    }

    /**
     * A step that nobody is told of.
     *
     * @param context passed on
     */
    record Untold(@Nullable String context) implements Step {
        static final Step NOTHING = new Untold(null);

        @Override
        public @Nullable String trace() {
            return null;
        }

        @Override
        public void note(String name, @Nullable String value) {
            // Nobody is told.
        }

        @Override
        public void fail(String code) {
            // Nobody is told.
        }

        @Override
        public void end() {
            // Nobody is told.
        }
    }
}
