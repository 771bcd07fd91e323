package org.referralhub.broker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import org.apache.activemq.artemis.api.core.ActiveMQException;
import org.apache.activemq.artemis.api.core.client.ActiveMQClient;
import org.apache.activemq.artemis.api.core.client.ClientMessage;
import org.apache.activemq.artemis.api.core.client.ClientRequestor;
import org.apache.activemq.artemis.api.core.client.ClientSession;
import org.apache.activemq.artemis.api.core.client.ClientSessionFactory;
import org.apache.activemq.artemis.api.core.client.ServerLocator;
import org.apache.activemq.artemis.api.core.management.ManagementHelper;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.jspecify.annotations.Nullable;

/**
 * Questions and orders to a broker outside, one at a time, over its Core management address. Connects when it is first
 * needed and again after the connection was lost.
 */
final class Management implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ADDRESS = "activemq.management";
    private static final long PATIENCE_MILLIS = 10_000;

    /** The broker has answered that it will not or can't. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    private final ServerLocator locator;
    private final String user;
    private final String secret;
    private @Nullable ClientSessionFactory connection;
    private @Nullable ClientSession session;
    private @Nullable ClientRequestor requestor;

    Management(String url, String user, String secret) {
        try {
            locator = ActiveMQClient.createServerLocator(url);
        } catch (Exception e) {
            throw new BrokerException("not the address of a broker: " + e.getMessage(), e);
        }
        locator.setReconnectAttempts(0);
        locator.setInitialConnectAttempts(1);
        locator.setCallTimeout(PATIENCE_MILLIS);
        this.user = user;
        this.secret = secret;
    }

    /** An attribute of the broker itself. */
    Object attribute(String name) throws Refused {
        return attribute(ResourceNames.BROKER, name);
    }

    /** An attribute of a resource; null has no place in what is asked here, and comes as an empty text. */
    Object attribute(String resource, String name) throws Refused {
        return ask(message -> ManagementHelper.putAttribute(message, resource, name));
    }

    /** A list of names that the broker itself has as an attribute. */
    List<String> names(String attribute) throws Refused {
        List<String> names = new ArrayList<>();
        if (attribute(attribute) instanceof Object[] found) {
            for (Object name : found) {
                names.add(String.valueOf(name));
            }
        }
        return names;
    }

    /** Has the broker do something. */
    Object order(String operation, Object... arguments) throws Refused {
        return ask(message ->
                ManagementHelper.putOperationInvocation(message, ResourceNames.BROKER, operation, arguments));
    }

    /** Has the broker do something that it answers in JSON. */
    JsonNode json(String operation, Object... arguments) throws Refused {
        try {
            return JSON.readTree(String.valueOf(order(operation, arguments)));
        } catch (JsonProcessingException e) {
            throw new Refused("an answer that is not JSON");
        }
    }

    /** A session of the same user for something else; the caller closes it. */
    ClientSession newSession() throws ActiveMQException {
        connect();
        ClientSessionFactory factory = connection;
        if (factory == null) {
            throw new BrokerException("not connected");
        }
        return factory.createSession(user, secret, false, true, true, false, 1);
    }

    /** True when the broker lets this user in. */
    boolean admits(String who, String with) {
        try (ClientSessionFactory factory = locator.createSessionFactory();
                ClientSession open = factory.createSession(who, with, false, true, true, false, 1)) {
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private synchronized Object ask(Question question) throws Refused {
        boolean fresh = session == null;
        try {
            return answer(question);
        } catch (Refused e) {
            throw e;
        } catch (Exception e) {
            disconnect();
            if (fresh) {
                throw new BrokerException("the broker does not answer: " + e.getMessage(), e);
            }
        }
        try {
            return answer(question);
        } catch (Refused e) {
            throw e;
        } catch (Exception e) {
            disconnect();
            throw new BrokerException("the broker does not answer: " + e.getMessage(), e);
        }
    }

    private Object answer(Question question) throws Exception {
        connect();
        ClientSession open = session;
        ClientRequestor asking = requestor;
        if (open == null || asking == null) {
            throw new BrokerException("not connected");
        }
        ClientMessage message = open.createMessage(false);
        question.write(message);
        ClientMessage reply = asking.request(message, PATIENCE_MILLIS);
        if (reply == null) {
            throw new BrokerException("no answer within " + PATIENCE_MILLIS / 1000 + " s");
        }
        Object result = ManagementHelper.getResult(reply);
        if (!ManagementHelper.hasOperationSucceeded(reply)) {
            throw new Refused(String.valueOf(result));
        }
        return result == null ? "" : result;
    }

    private synchronized void connect() throws ActiveMQException {
        if (session != null && !session.isClosed() && connection != null && !connection.isClosed()) {
            return;
        }
        disconnect();
        try {
            ClientSessionFactory factory = locator.createSessionFactory();
            connection = factory;
            ClientSession open = factory.createSession(user, secret, false, true, true, false, 1);
            session = open;
            open.start();
            requestor = new ClientRequestor(open, ADDRESS);
        } catch (ActiveMQException e) {
            disconnect();
            throw e;
        } catch (Exception e) {
            disconnect();
            throw new BrokerException("can't connect to the broker", e);
        }
    }

    private synchronized void disconnect() {
        ClientSessionFactory open = connection;
        connection = null;
        session = null;
        requestor = null;
        if (open != null) {
            // Closes its sessions, too.
            open.close();
        }
    }

    @Override
    public void close() {
        disconnect();
        locator.close();
    }

    @FunctionalInterface
    private interface Question {
        void write(ClientMessage message) throws Exception;
    }
}
