package org.referralhub.agency;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.jspecify.annotations.Nullable;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Located;

/**
 * Reads {@code delivery:} and {@code collect:} of an agency, with the keys and certificates that they name: a wrong one is a
 * fault of the configuration and not of the first delivery.
 */
final class ReachReader {
    private static final int SHORTEST_KEY = 24;
    private static final int LONGEST_KEY = 64;
    private static final int SSH = 22;
    private static final int SUBMISSION = 587;
    private static final Duration HTTPS_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final HubHome home;
    private final SecretSource secrets;
    private final Faults faults;
    private final Located file;

    ReachReader(HubHome home, SecretSource secrets, Faults faults, Located file) {
        this.home = home;
        this.secrets = secrets;
        this.faults = faults;
        this.file = file;
    }

    /** The courier that stands at this pointer; null when there is none, or none that is sound. */
    @Nullable
    CourierSettings courier(String pointer, JsonNode delivery) {
        Transport transport = transport(pointer, delivery);
        if (transport == null) {
            return null;
        }
        String retry = pointer + "/retry";
        String circuit = pointer + "/circuit";
        Duration first = duration(retry, delivery.path("retry"), "first", CourierSettings.FIRST_PAUSE);
        Duration longest = duration(retry, delivery.path("retry"), "longest", CourierSettings.LONGEST_PAUSE);
        Duration giveUp = duration(retry, delivery.path("retry"), "giveUpAfter", CourierSettings.GIVE_UP_AFTER);
        if (longest.compareTo(first) < 0) {
            fault(retry, "the longest pause is shorter than the first", "Make longest at least as long as first");
        }
        if (giveUp.compareTo(longest) < 0) {
            fault(
                    retry,
                    "documents are given up before the longest pause is over",
                    "Make giveUpAfter longer than longest; PT12H is usual");
        }
        return new CourierSettings(
                transport,
                first,
                longest,
                giveUp,
                delivery.path("circuit").path("failures").asInt(CourierSettings.FAILURES),
                duration(circuit, delivery.path("circuit"), "probeAfter", CourierSettings.PROBE_AFTER));
    }

    /** The collector that stands at this pointer; null when there is none, or none that is sound. */
    @Nullable
    CollectorSettings collector(String pointer, JsonNode collect) {
        return transport(pointer, collect) instanceof Transport.Drop drop
                ? new CollectorSettings(drop, duration(pointer, collect, "every", CollectorSettings.EVERY))
                : null;
    }

    private @Nullable Transport transport(String pointer, JsonNode settings) {
        if (settings.has("https")) {
            return https(pointer + "/https", settings.path("https"));
        }
        if (settings.has("mail")) {
            return mail(pointer + "/mail", settings.path("mail"));
        }
        if (settings.has("sftp")) {
            return sftp(pointer + "/sftp", settings.path("sftp"));
        }
        return settings.has("folder") ? folder(pointer + "/folder", settings.path("folder")) : null;
    }

    private @Nullable Transport https(String pointer, JsonNode https) {
        byte[] key = signingKey(pointer + "/key", https.path("key"));
        List<X509Certificate> trust = certificates(pointer, https, "trust");
        Duration timeout = duration(pointer, https, "timeout", HTTPS_TIMEOUT);
        try {
            URI url = new URI(https.path("url").asText());
            if (url.getHost() == null) {
                fault(pointer + "/url", "the address names no server", "Write it as https://host/path");
                return null;
            }
            return key == null ? null : new Transport.Https(url, key, trust, timeout);
        } catch (URISyntaxException e) {
            fault(pointer + "/url", "this is not an address", "Write it as https://host/path");
            return null;
        }
    }

    private byte @Nullable [] signingKey(String pointer, JsonNode source) {
        char[] secret = secret(pointer, source);
        if (secret == null) {
            return null;
        }
        String text = new String(secret);
        try {
            byte[] key = Base64.getDecoder().decode(text.startsWith("whsec_") ? text.substring(6) : text);
            if (key.length >= SHORTEST_KEY && key.length <= LONGEST_KEY) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // The fault says it.
        }
        fault(pointer, "the key is not 24 to 64 bytes in base64", "Have one made: openssl rand -base64 32");
        return null;
    }

    private Transport mail(String pointer, JsonNode mail) {
        JsonNode server = mail.path("server");
        char[] password = server.has("password") ? secret(pointer + "/server/password", server.path("password")) : null;
        List<X509Certificate> own = certificates(pointer, mail, "certificate");
        X509Certificate certificate = own.isEmpty() ? null : own.get(0);
        if (certificate != null) {
            checkForMail(pointer + "/certificate", certificate);
        }
        return new Transport.Mail(
                new Transport.MailServer(
                        server.path("host").asText(),
                        server.path("port").asInt(SUBMISSION),
                        server.path("startTls").asBoolean(true),
                        certificates(pointer + "/server", server, "trust"),
                        server.path("user").textValue(),
                        password,
                        server.path("from").asText()),
                mail.path("to").asText(),
                mail.path("link").textValue(),
                certificate,
                duration(pointer, mail, "timeout", TIMEOUT));
    }

    /**
     * What can't be encrypted for must not be found out by the first document. Whether it holds now is not asked here: it will
     * run out one day, and that day the hub must start all the same.
     */
    private void checkForMail(String pointer, X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        if (!certificate.getPublicKey().getAlgorithm().equals("RSA")) {
            fault(pointer, "the certificate's key is not RSA", "Ask the agency for an S/MIME certificate with RSA");
        } else if (usage != null && !usage[2]) {
            fault(
                    pointer,
                    "the certificate is not for encryption",
                    "Ask the agency for one with the key usage keyEncipherment");
        }
    }

    private @Nullable Transport folder(String pointer, JsonNode folder) {
        try {
            return new Transport.Folder(
                    Path.of(folder.path("path").asText()), folder.path("create").asBoolean(false));
        } catch (InvalidPathException e) {
            fault(pointer + "/path", "this is not a path", "Name a folder");
            return null;
        }
    }

    private @Nullable Transport sftp(String pointer, JsonNode sftp) {
        String host = sftp.path("host").asText();
        int port = sftp.path("port").asInt(SSH);
        List<PublicKey> hostKeys = hostKeys(pointer, sftp, host, port);
        KeyPair key = null;
        char[] password = null;
        if (sftp.has("key")) {
            key = privateKey(pointer + "/key", sftp.path("key"));
        } else {
            password = secret(pointer + "/password", sftp.path("password"));
        }
        if (hostKeys.isEmpty() || key == null && password == null) {
            return null;
        }
        return new Transport.Sftp(
                host,
                port,
                sftp.path("user").asText(),
                sftp.path("path").asText(),
                hostKeys,
                key,
                password,
                duration(pointer, sftp, "timeout", TIMEOUT));
    }

    private List<PublicKey> hostKeys(String pointer, JsonNode sftp, String host, int port) {
        List<PublicKey> keys = new ArrayList<>();
        String own = sftp.path("hostKey").textValue();
        if (own != null) {
            try {
                keys.add(PublicKeyEntry.parsePublicKeyEntry(own).resolvePublicKey(null, null, null));
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                fault(pointer + "/hostKey", "this is not a key of a server", "Write it as ssh-ed25519 AAAA...");
            }
        }
        Path known = path(pointer, sftp, "knownHosts");
        if (known != null) {
            int before = keys.size();
            try {
                for (KnownHostEntry entry : KnownHostEntry.readKnownHostEntries(known)) {
                    if (entry.isHostMatch(host, port)) {
                        keys.add(entry.getKeyEntry().resolvePublicKey(null, null, null));
                    }
                }
                if (keys.size() == before) {
                    fault(
                            pointer + "/knownHosts",
                            "the file has no key of " + host + " at port " + port,
                            "Add it: ssh-keyscan -p " + port + " " + host + ", and compare with what the agency says");
                }
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                fault(
                        pointer + "/knownHosts",
                        "the file can't be read as known_hosts",
                        "Write it as ssh-keyscan does, one key a line");
            }
        }
        return keys;
    }

    private @Nullable KeyPair privateKey(String pointer, JsonNode source) {
        char[] secret = secret(pointer, source);
        if (secret == null) {
            return null;
        }
        try (InputStream text =
                new java.io.ByteArrayInputStream((new String(secret) + "\n").getBytes(StandardCharsets.UTF_8))) {
            Iterable<KeyPair> pairs =
                    SecurityUtils.loadKeyPairIdentities(null, NamedResource.ofName("key"), text, null);
            Iterator<KeyPair> all = pairs == null ? List.<KeyPair>of().iterator() : pairs.iterator();
            if (all.hasNext()) {
                return all.next();
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // The fault says it; the exception may quote the key.
        }
        fault(
                pointer,
                "this is not a private key without a passphrase",
                "Have one made: ssh-keygen -t ed25519 -N '' -f FILE");
        return null;
    }

    private char @Nullable [] secret(String pointer, JsonNode source) {
        SecretSource.Fetched fetched = secrets.fetch(source);
        if (fetched.secret() == null) {
            fault(pointer, fetched.problem(), fetched.remedy());
        }
        return fetched.secret();
    }

    /** The certificates of the file that the field names; none when it names none. */
    private List<X509Certificate> certificates(String pointer, JsonNode settings, String field) {
        Path path = path(pointer, settings, field);
        List<X509Certificate> certificates = new ArrayList<>();
        if (path == null) {
            return certificates;
        }
        try (InputStream content = Files.newInputStream(path)) {
            CertificateFactory.getInstance("X.509")
                    .generateCertificates(content)
                    .forEach(certificate -> certificates.add((X509Certificate) certificate));
        } catch (IOException | CertificateException e) {
            certificates.clear();
        }
        if (certificates.isEmpty()) {
            fault(
                    pointer + "/" + field,
                    "the file can't be read as certificates",
                    "Put X.509 certificates there in PEM form, beginning with -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    private @Nullable Path path(String pointer, JsonNode settings, String field) {
        String name = settings.path(field).textValue();
        if (name == null) {
            return null;
        }
        try {
            Path path = home.base().resolve(name);
            if (Files.isRegularFile(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            // The fault says it.
        }
        fault(pointer + "/" + field, "there is no file " + name, "Put it there, or name one below the hub's folder");
        return null;
    }

    private Duration duration(String pointer, JsonNode settings, String field, Duration otherwise) {
        String text = settings.path(field).textValue();
        if (text == null) {
            return otherwise;
        }
        try {
            Duration duration = Duration.parse(text);
            if (!duration.isZero()) {
                return duration;
            }
        } catch (DateTimeParseException e) {
            // The schema lets through a P or PT alone; the fault says it.
        }
        fault(pointer + "/" + field, "this is not a length of time", "Write for example PT30S, PT5M or PT12H");
        return otherwise;
    }

    private void fault(String pointer, String problem, String remedy) {
        faults.add(file.fault(pointer, problem, remedy));
    }
}
