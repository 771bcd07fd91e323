package org.referralhub.agency;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By which way documents go to an agency, or come from it. Secrets are inside; none of these prints one. Two that say the same
 * are equal, keys and passwords too, so that whoever reads an entry again knows that nothing is new.
 */
public sealed interface Transport {

    /** As routes, metrics and the configuration name it, for example {@code https}. */
    String way();

    /**
     * A POST to the agency's server.
     *
     * @param key of the signature
     * @param trust who may vouch for the server; empty: whom Java trusts
     * @param timeout for the whole answer
     */
    record Https(URI url, byte[] key, List<X509Certificate> trust, Duration timeout) implements Transport {
        public Https {
            key = key.clone();
            trust = List.copyOf(trust);
        }

        @Override
        public String way() {
            return "https";
        }

        private List<@Nullable Object> parts() {
            return Arrays.asList(url, ByteBuffer.wrap(key), trust, timeout);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Https that && parts().equals(that.parts());
        }

        @Override
        public int hashCode() {
            return parts().hashCode();
        }

        @Override
        public String toString() {
            return "Https[" + url + "]";
        }
    }

    /**
     * A mail for each document.
     *
     * @param link where the agency reads it, {@code {id}} standing for the delivery; null for none
     * @param certificate for whom the document is encrypted; null: it is not in the mail and stays in the inbox
     */
    record Mail(
            MailServer server,
            String to,
            @Nullable String link,
            @Nullable X509Certificate certificate,
            Duration timeout)
            implements Transport {
        @Override
        public String way() {
            return certificate == null ? "mail-notice" : "mail";
        }
    }

    /**
     * The server that takes the hub's mail.
     *
     * @param trust who may vouch for the server; empty: whom Java trusts
     * @param user null when it asks for none
     */
    record MailServer(
            String host,
            int port,
            boolean startTls,
            List<X509Certificate> trust,
            @Nullable String user,
            char @Nullable [] password,
            String from) {
        private List<@Nullable Object> parts() {
            return Arrays.asList(
                    host, port, startTls, trust, user, password == null ? null : CharBuffer.wrap(password), from);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof MailServer that && parts().equals(that.parts());
        }

        @Override
        public int hashCode() {
            return parts().hashCode();
        }

        @Override
        public String toString() {
            return "MailServer[" + host + ":" + port + "]";
        }
    }

    /** What keys are equal by: those of some libraries know nothing of each other, and a pair of keys never does. */
    private static List<ByteBuffer> encoded(List<? extends Key> keys) {
        return keys.stream().map(key -> ByteBuffer.wrap(key.getEncoded())).toList();
    }

    /** A folder in which one side leaves files for the other. */
    sealed interface Drop extends Transport {}

    /**
     * A folder that both can reach.
     *
     * @param path from the hub's data folder, unless it is absolute
     * @param create whether the hub makes it when it is missing
     */
    record Folder(Path path, boolean create) implements Drop {
        @Override
        public String way() {
            return "folder";
        }
    }

    /**
     * A folder on an SFTP server.
     *
     * @param hostKeys the server must prove to have one of these
     * @param key the hub's own; null when it has a password
     * @param timeout for each step
     */
    record Sftp(
            String host,
            int port,
            String user,
            String path,
            List<PublicKey> hostKeys,
            @Nullable KeyPair key,
            char @Nullable [] password,
            Duration timeout)
            implements Drop {
        public Sftp {
            hostKeys = List.copyOf(hostKeys);
        }

        @Override
        public String way() {
            return "sftp";
        }

        private List<@Nullable Object> parts() {
            return Arrays.asList(
                    host,
                    port,
                    user,
                    path,
                    encoded(hostKeys),
                    key == null ? null : encoded(List.of(key.getPublic(), key.getPrivate())),
                    password == null ? null : CharBuffer.wrap(password),
                    timeout);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Sftp that && parts().equals(that.parts());
        }

        @Override
        public int hashCode() {
            return parts().hashCode();
        }

        @Override
        public String toString() {
            return "Sftp[" + user + "@" + host + ":" + port + "]";
        }
    }
}
