package org.referralhub.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Keeps messages themselves out of the log. Artemis writes a whole message with its properties into some lines, such as
 * AMQ222149 when it gives one to the dead letters, and an agency may have put anything there. What is left of such a line is
 * its text with the number that the broker gave the message.
 */
final class PersonalLines extends TurboFilter {
    private static final String ARTEMIS = "org.apache.activemq.artemis";

    /** From now on, in this process; harmless when it is called again. */
    static void keepOut() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
                && context.getTurboFilterList().stream().noneMatch(PersonalLines.class::isInstance)) {
            PersonalLines filter = new PersonalLines();
            filter.setContext(context);
            filter.start();
            context.addTurboFilter(filter);
        }
    }

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] arguments,
            @Nullable Throwable failure) {
        if (arguments == null || !logger.getName().startsWith(ARTEMIS)) {
            return FilterReply.NEUTRAL;
        }
        boolean personal = false;
        for (Object argument : arguments) {
            personal |= argument instanceof MessageReference || argument instanceof Message;
        }
        if (!personal || !logger.isEnabledFor(level)) {
            return FilterReply.NEUTRAL;
        }
        Object[] bare = new Object[arguments.length];
        for (int i = 0; i < bare.length; i++) {
            bare[i] = bare(arguments[i]);
        }
        logger.log(marker, Logger.class.getName(), Level.toLocationAwareLoggerInteger(level), format, bare, null);
        return FilterReply.DENY;
    }

    private static Object bare(@Nullable Object argument) {
        if (argument instanceof MessageReference reference) {
            return "message " + reference.getMessageID();
        }
        if (argument instanceof Message message) {
            return "message " + message.getMessageID();
        }
        return argument instanceof Throwable failure ? failure.getClass().getName() : String.valueOf(argument);
    }
}
