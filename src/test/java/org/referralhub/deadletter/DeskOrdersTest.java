package org.referralhub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.inOrder;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.when;

import jakarta.jms.BytesMessage;
import jakarta.jms.Connection;
import jakarta.jms.ConnectionFactory;
import jakarta.jms.Message;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.mockito.InOrder;

/** Orders on their way to the ledger. */
class DeskOrdersTest {
    @Test
    void many_orders_are_all_kept_before_the_first_is_waited_for() throws Exception {
        DataSource readers = mock(DataSource.class);
        when(readers.getConnection()).thenThrow(new SQLException("away"));
        MessageProducer producer = mock(MessageProducer.class);
        Session session = mock(Session.class);
        when(session.createBytesMessage()).thenAnswer(call -> mock(BytesMessage.class));
        when(session.createProducer(any())).thenReturn(producer);
        Connection connection = mock(Connection.class);
        when(connection.createSession(true, Session.SESSION_TRANSACTED)).thenReturn(session);
        ConnectionFactory connections = mock(ConnectionFactory.class);
        when(connections.createConnection()).thenReturn(connection);
        List<DeskOrders.Wish> wishes = IntStream.range(0, 3)
                .mapToObj(i -> new DeskOrders.Wish("replay", "l-" + i, 1, "", Map.of()))
                .toList();

        // Nobody waits on a thread that is to end, so this takes no time.
        Thread.currentThread().interrupt();
        List<DeskOrders.Answer> answers = new DeskOrders(readers, connections).orderAll(wishes, "night");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(answers).hasSize(3).allMatch(DeskOrders.Answer::isRequested);
        InOrder order = inOrder(producer, session, readers);
        order.verify(producer, times(3)).send(any(Message.class));
        order.verify(session).commit();
        order.verify(readers, times(3)).getConnection();
    }
}
