package org.referralhub.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.core.protocol.stomp.StompFrame;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Keeps messages themselves out of the log. Artemis writes a whole message with its properties into some lines, such as
 * AMQ222149 when it gives one to the dead letters, and an agency may have put anything there. What is left of such a line is
 * its text with the number that the broker gave the message. To STOMP it writes even more: a frame with its body, when its reader
 * has gone (AMQ332070), and the whole of what an agency did wrong (AMQ332069), of which the code is left.
 */
final class PersonalLines extends TurboFilter {
    private static final String ARTEMIS = "org.apache.activemq.artemis";
    private static final String ERROR_TO_STOMP = "AMQ332069";
    private static final Pattern CODE = Pattern.compile("AMQ\\d+");

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
        int last = arguments.length - 1;
        String code = format != null && format.startsWith(ERROR_TO_STOMP) ? code(arguments[last]) : null;
        // Its own line comes by here too, with nothing more to leave out.
        boolean personal = code != null && !code.equals(arguments[last]);
        for (Object argument : arguments) {
            personal |= argument instanceof MessageReference
                    || argument instanceof Message
                    || argument instanceof StompFrame;
        }
        if (!personal || !logger.isEnabledFor(level)) {
            return FilterReply.NEUTRAL;
        }
        Object[] bare = new Object[arguments.length];
        for (int i = 0; i < bare.length; i++) {
            bare[i] = bare(arguments[i]);
        }
        if (code != null) {
            bare[last] = code;
        }
        logger.log(marker, Logger.class.getName(), Level.toLocationAwareLoggerInteger(level), format, bare, null);
        return FilterReply.DENY;
    }

    private static String code(@Nullable Object text) {
        Matcher code = CODE.matcher(String.valueOf(text));
        return code.lookingAt() ? code.group() : "(text left out)";
    }

    private static Object bare(@Nullable Object argument) {
        if (argument instanceof MessageReference reference) {
            return "message " + reference.getMessageID();
        }
        if (argument instanceof Message message) {
            return "message " + message.getMessageID();
        }
        if (argument instanceof StompFrame frame) {
            return frame.getCommand();
        }
        return argument instanceof Throwable failure ? failure.getClass().getName() : String.valueOf(argument);
    }
}
