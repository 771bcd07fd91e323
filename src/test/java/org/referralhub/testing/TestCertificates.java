package org.referralhub.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A certificate made for a test, with its key.
 *
 * @param issuer who vouches for it; itself when it is an authority
 */
public record TestCertificates(X509Certificate certificate, KeyPair keys, X509Certificate issuer) {

    /** An authority of the test's own. */
    public static TestCertificates authority() {
        return made("CN=Test authority", null, true, KeyUsage.keyCertSign, Duration.ofDays(1));
    }

    /** A server at 127.0.0.1 for which this authority vouches. */
    public TestCertificates server() {
        return made(
                "CN=127.0.0.1", this, false, KeyUsage.digitalSignature | KeyUsage.keyEncipherment, Duration.ofDays(1));
    }

    /** A mailbox's own certificate. */
    public static TestCertificates mailbox(int usage, Duration until) {
        return made("CN=office", null, false, usage, until);
    }

    private static TestCertificates made(
            String name, TestCertificates issuer, boolean authority, int usage, Duration until) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            KeyPair keys = generator.generateKeyPair();
            X500Name subject = new X500Name(name);
            Instant now = Instant.now();
            Instant end = now.plus(until);
            Instant begin = end.isBefore(now) ? end.minus(Duration.ofDays(1)) : now.minus(Duration.ofHours(1));
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            issuer == null
                                    ? subject
                                    : new X500Name(issuer.certificate
                                            .getSubjectX500Principal()
                                            .getName()),
                            new BigInteger(64, new java.security.SecureRandom()),
                            Date.from(begin),
                            Date.from(end),
                            subject,
                            keys.getPublic())
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(usage));
            if (issuer != null) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
            }
            X509Certificate certificate = new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withRSA")
                            .build((issuer == null ? keys : issuer.keys).getPrivate())));
            return new TestCertificates(certificate, keys, issuer == null ? certificate : issuer.certificate);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a server needs to be trusted by whoever trusts its issuer. */
    public SSLContext tls() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("server", keys.getPrivate(), new char[0], new X509Certificate[] {certificate, issuer});
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes the certificate as people hand it on. */
    public Path write(Path file) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
            pem.writeObject(certificate);
        }
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text.toString());
    }
}
