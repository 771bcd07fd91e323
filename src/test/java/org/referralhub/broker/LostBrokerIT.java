package org.referralhub.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.testing.HubProcess;

/** A hub without its broker would look alive and carry nothing: the service manager has to learn of it. */
class LostBrokerIT {
    private static final int ASKS_FOR_A_RESTART = 70;

    @TempDir
    private Path folder;

    @Test
    void a_hub_whose_broker_stops_ends_its_process() throws Exception {
        try (HubProcess hub = HubProcess.in(folder)) {
            hub.add(LostBroker.class);
            Files.writeString(
                    hub.home().resolve("config/application.yaml"),
                    "\ntest.lost-broker: true\n",
                    StandardOpenOption.APPEND);
            hub.launch();
            hub.awaitEnd();
            assertThat(hub.exitStatus()).as(hub.lastLines()).isEqualTo(ASKS_FOR_A_RESTART);
            assertThat(hub.lastLines()).contains("its broker stopped");
        }
    }
}
