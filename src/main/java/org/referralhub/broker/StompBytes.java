package org.referralhub.broker;

import org.apache.activemq.artemis.core.protocol.stomp.StompFrame;
import org.apache.activemq.artemis.core.protocol.stomp.StompFrameInterceptor;
import org.apache.activemq.artemis.spi.core.protocol.RemotingConnection;

/**
 * What comes over STOMP stays as it was sent. Artemis makes text of a body whose length the client has not named, and
 * silently replaces what is not UTF-8: a child's name would be another, and nobody would be told.
 */
final class StompBytes implements StompFrameInterceptor {
    private static final String LENGTH = "content-length";

    @Override
    public boolean intercept(StompFrame frame, RemotingConnection connection) {
        byte[] body = frame.getBodyAsBytes();
        if (frame.getCommand().equals("SEND") && !frame.hasHeader(LENGTH) && body != null) {
            frame.addHeader(LENGTH, Integer.toString(body.length));
        }
        return true;
    }
}
