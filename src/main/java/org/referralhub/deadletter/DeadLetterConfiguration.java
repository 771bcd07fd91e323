package org.referralhub.deadletter;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.broker.Broker;
import org.referralhub.dialect.Translator;
import org.referralhub.ledger.AccessLog;
import org.referralhub.ledger.LedgerDatabase;
import org.referralhub.ledger.LedgerRoom;
import org.referralhub.ledger.Obligations;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The desk of a running hub. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(DeskSettings.class)
class DeadLetterConfiguration {

    @Bean
    LedgerRoom deadLetters(Obligations obligations, List<DeskAction> more, Broker broker) {
        return DeadLetterEntry.room(obligations, more, broker::attempts);
    }

    @Bean
    DeskAction purge(@Value("${hub.desk.retention:P30D}") Duration retention) {
        return new PurgeAction(retention);
    }

    @Bean
    Retention retention(
            LedgerDatabase database,
            Broker broker,
            Clock clock,
            @Value("${hub.desk.retention:P30D}") Duration retention) {
        return new Retention(database.readers(), broker.connectionFactory(), clock, retention);
    }

    @Bean
    Desk desk(LedgerDatabase database, Clock clock) {
        return new Desk(database.readers(), clock);
    }

    @Bean
    DeskOrders deskOrders(LedgerDatabase database, Broker broker) {
        return new DeskOrders(database.readers(), broker.connectionFactory());
    }

    @Bean
    DeskAction unmask(DeskSettings settings) {
        return new UnmaskAction(settings.unmaskedFor());
    }

    @Bean
    DeskAction approveUnmasking(DeskSettings settings) {
        return new DecideUnmaskingAction(true, settings.unmaskedFor());
    }

    @Bean
    DeskAction refuseUnmasking(DeskSettings settings) {
        return new DecideUnmaskingAction(false, settings.unmaskedFor());
    }

    @Bean
    DeskAction tryCorrection() {
        return new TryCorrectionAction();
    }

    @Bean
    DeskAction correct() {
        return new CorrectAction();
    }

    @Bean
    Contents contents(
            Desk desk,
            DeskOrders orders,
            LedgerDatabase database,
            Supplier<Masking> masking,
            Supplier<AgencyRegistry> agencies,
            AccessLog access,
            Clock clock) {
        return new Contents(desk, orders, database.readers(), masking, agencies, access, clock);
    }

    @Bean
    Corrections corrections(
            Desk desk,
            Contents contents,
            DeskOrders orders,
            Supplier<Masking> masking,
            Supplier<Translator> translator,
            Clock clock) {
        return new Corrections(desk, contents, orders, masking, translator, clock);
    }
}
