package org.referralhub;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;

/**
 * The running hub. {@code org.referralhub.cli.Hub run} starts it.
 *
 * <p>Spring Boot's own data source is left out: the ledger has one writer and a pool of readers, and makes them itself.
 */
@SpringBootApplication(exclude = DataSourceAutoConfiguration.class)
public class HubApplication {}
