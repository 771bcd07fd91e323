package org.referralhub.courier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.referralhub.ledger.Databases;
import org.referralhub.ledger.Lease;
import org.referralhub.ledger.LedgerDatabase;

class CollectingNodeTest {
    private static CollectingNode node(LedgerDatabase database, String name) {
        return new CollectingNode(new Lease(database, "collectors", name));
    }

    @Test
    void of_several_nodes_one_collects_until_it_leaves() {
        try (LedgerDatabase database = Databases.POSTGRESQL.open()) {
            CollectingNode first = node(database, "first");
            CollectingNode second = node(database, "second");

            assertThat(first.isThis()).isTrue();
            assertThat(second.isThis()).isFalse();
            assertThat(first.isThis()).isTrue();

            second.close();
            assertThat(node(database, "third").isThis()).isFalse();
            first.close();
            assertThat(first.isThis()).as("it has left").isFalse();
            assertThat(node(database, "fourth").isThis()).isTrue();
        }
    }

    @Test
    void a_ledger_that_cannot_be_asked_has_nobody_collect() throws Exception {
        try (LedgerDatabase database = Databases.POSTGRESQL.open();
                CollectingNode node = node(database, "first")) {
            Databases.execute(database, "drop table lease");

            assertThat(node.isThis()).isFalse();
        }
    }

    @Test
    void the_only_node_of_an_embedded_ledger_collects() {
        try (LedgerDatabase database = Databases.SQLITE.open()) {
            assertThat(node(database, "only").isThis()).isTrue();
        }
    }
}
