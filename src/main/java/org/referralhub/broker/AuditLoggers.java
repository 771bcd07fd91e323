package org.referralhub.broker;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import java.util.List;
import org.slf4j.LoggerFactory;

/** Artemis' audit loggers print message properties at INFO. */
final class AuditLoggers {
    private static final List<String> NAMES = List.of(
            "org.apache.activemq.audit.base",
            "org.apache.activemq.audit.message",
            "org.apache.activemq.audit.resource");

    private AuditLoggers() {}

    static void switchOff() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            NAMES.forEach(name -> context.getLogger(name).setLevel(Level.OFF));
        }
    }
}
