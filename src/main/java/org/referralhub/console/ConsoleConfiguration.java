package org.referralhub.console;

import io.micrometer.core.instrument.MeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.referralhub.agency.AgencyRegistry;
import org.referralhub.agency.Operators;
import org.referralhub.broker.Broker;
import org.referralhub.courier.CourierDesk;
import org.referralhub.deadletter.Contents;
import org.referralhub.deadletter.Desk;
import org.referralhub.ledger.Books;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.ServletListenerRegistrationBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.MessageSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.support.ResourceBundleMessageSource;
import org.springframework.core.Ordered;
import org.springframework.http.CacheControl;
import org.springframework.web.servlet.FlashMapManager;
import org.springframework.web.servlet.LocaleResolver;
import org.springframework.web.servlet.ViewResolver;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.thymeleaf.spring6.ISpringTemplateEngine;
import org.thymeleaf.spring6.SpringTemplateEngine;
import org.thymeleaf.spring6.templateresolver.SpringResourceTemplateResolver;
import org.thymeleaf.spring6.view.ThymeleafViewResolver;
import org.thymeleaf.templatemode.TemplateMode;

/** Puts the console together. What only a page needs is made for the first page, and not when the hub starts. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ConsoleSettings.class)
class ConsoleConfiguration {
    static final String ASSETS = "/console/assets";

    private static final String FILES = "classpath:/org/referralhub/console/";

    @Bean
    Visit visit(Supplier<Operators> operators, ConsoleSettings settings) {
        return new Visit(operators, settings);
    }

    @Bean
    Live live(ConsoleSettings settings, Visit visit, Clock clock, ObjectProvider<Signal> signals) {
        return new Live(settings, visit, clock, signals::stream);
    }

    @Bean
    @Lazy
    Overview overview(
            Books books,
            Broker broker,
            Supplier<AgencyRegistry> agencies,
            CourierDesk couriers,
            MeterRegistry meters,
            Clock clock) {
        return new Overview(books, broker, agencies, couriers, meters, clock);
    }

    @Bean
    @Lazy
    DeskSignal deskSignal(Desk desk) {
        return new DeskSignal(desk);
    }

    @Bean
    @Lazy
    UnmaskingSignal unmaskingSignal(Contents contents) {
        return new UnmaskingSignal(contents);
    }

    @Bean
    ServletListenerRegistrationBean<Live> liveSessions(Live live) {
        return new ServletListenerRegistrationBean<>(live);
    }

    /** Texts of all pages; a key that is missing is a fault, and fails the page. */
    @Bean
    MessageSource messageSource() {
        ResourceBundleMessageSource texts = new ResourceBundleMessageSource();
        texts.setBasename("org.referralhub.console.messages");
        texts.setDefaultEncoding(StandardCharsets.UTF_8.name());
        texts.setFallbackToSystemLocale(false);
        // An apostrophe is written twice in every text, and not only in those with placeholders.
        texts.setAlwaysUseMessageFormat(true);
        return texts;
    }

    @Bean
    LocaleResolver localeResolver() {
        return new PageLanguage();
    }

    @Bean
    FlashMapManager flashMapManager() {
        return new NoticeKeeper();
    }

    @Bean
    @Lazy
    SpringTemplateEngine consoleTemplates(ApplicationContext context, MessageSource texts) {
        SpringResourceTemplateResolver files = new SpringResourceTemplateResolver();
        files.setApplicationContext(context);
        files.setPrefix(FILES + "pages/");
        files.setSuffix(".html");
        files.setTemplateMode(TemplateMode.HTML);
        files.setCharacterEncoding(StandardCharsets.UTF_8.name());
        SpringTemplateEngine engine = new SpringTemplateEngine();
        engine.setTemplateResolver(files);
        engine.setTemplateEngineMessageSource(texts);
        return engine;
    }

    @Bean
    ViewResolver consoleViews(@Lazy ISpringTemplateEngine templates) {
        ThymeleafViewResolver views = new ThymeleafViewResolver();
        views.setTemplateEngine(templates);
        views.setOrder(Ordered.HIGHEST_PRECEDENCE);
        views.setCharacterEncoding(StandardCharsets.UTF_8.name());
        // Whole before its first byte leaves: a page that fails in its middle is an error page, and not half a page.
        views.setProducePartialOutputWhileProcessing(false);
        return views;
    }

    @Bean
    WebMvcConfigurer consoleFiles() {
        return new WebMvcConfigurer() {
            @Override
            public void addResourceHandlers(ResourceHandlerRegistry registry) {
                // Addresses carry the hub's own start, so that a browser asks once for each.
                CacheControl kept =
                        CacheControl.maxAge(Duration.ofDays(365)).cachePublic().immutable();
                registry.addResourceHandler(ASSETS + "/lib/**")
                        .addResourceLocations("classpath:/META-INF/resources/webjars/")
                        .setCacheControl(kept)
                        .resourceChain(true);
                registry.addResourceHandler(ASSETS + "/**")
                        .addResourceLocations(FILES + "assets/")
                        .setCacheControl(kept);
            }
        };
    }
}
