package org.referralhub;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The running hub. {@code org.referralhub.cli.Hub run} starts it. */
@SpringBootApplication
public class HubApplication {}
