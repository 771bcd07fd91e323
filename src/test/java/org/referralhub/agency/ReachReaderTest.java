package org.referralhub.agency;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.referralhub.configuration.Faults;
import org.referralhub.configuration.HubHome;
import org.referralhub.configuration.Places;
import org.referralhub.testing.TestCertificates;

/** What is wrong with {@code delivery:} and {@code collect:} is said at the start with its line, not by the first document. */
class ReachReaderTest {
    private static final String OFFICE = """
            agencies:
              - id: shelter
                kind: SHELTER
                name: { mn: Байр, en: Shelter }
                serves: ["*"]
                dialect: canonical
                secret: { file: secrets/shelter }
            """;

    private static final TestCertificates AUTHORITY = TestCertificates.authority();
    private static final TestCertificates MAILBOX =
            TestCertificates.mailbox(KeyUsage.keyEncipherment, Duration.ofDays(1));
    private static final TestCertificates OLD = TestCertificates.mailbox(KeyUsage.keyEncipherment, Duration.ofDays(-1));
    private static final TestCertificates SIGNING =
            TestCertificates.mailbox(KeyUsage.digitalSignature, Duration.ofDays(1));

    @TempDir
    Path root;

    private HubHome home;
    private String hostKey;

    @BeforeEach
    void a_hub_with_keys_and_certificates() throws Exception {
        home = new HubHome(root);
        Files.createDirectories(home.config().resolve("agencies"));
        Files.createDirectories(home.schemas().resolve("config"));
        Path secrets = Files.createDirectories(root.resolve("secrets"));
        for (String schema : List.of("agencies", "calendar")) {
            Files.copy(
                    Path.of("schemas/config", schema + ".schema.json"),
                    home.schemas().resolve("config").resolve(schema + ".schema.json"));
        }
        Files.copy(Path.of("config/places.csv"), home.config().resolve("places.csv"));
        Files.writeString(secrets.resolve("shelter"), "0123456789abcdef\n");
        Files.writeString(secrets.resolve("key"), "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n");
        AUTHORITY.write(secrets.resolve("ca.pem"));
        MAILBOX.write(secrets.resolve("mail.pem"));
        OLD.write(secrets.resolve("old.pem"));
        SIGNING.write(secrets.resolve("signing.pem"));
        KeyPair pair = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        hostKey = PublicKeyEntry.toString(pair.getPublic());
        Files.writeString(secrets.resolve("known_hosts"), "sftp.example.org " + hostKey + "\n");
        try (OutputStream key = Files.newOutputStream(secrets.resolve("ssh"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, "hub", null, key);
        }
    }

    private Agency read(String lines, Faults faults) throws IOException {
        Files.writeString(home.config().resolve("agencies/a.yaml"), OFFICE + "    " + lines + "\n");
        List<Agency> all =
                List.copyOf(AgencyRegistry.load(home, false, Places.load(home, faults), Set.of("canonical"), faults)
                        .all());
        return all.isEmpty() ? null : all.get(0);
    }

    private Reach sound(String lines) throws IOException {
        Faults faults = new Faults();
        Agency agency = read(lines, faults);
        assertThat(faults.all()).isEmpty();
        return agency.reach();
    }

    @Test
    void https_with_what_is_usual() throws IOException {
        CourierSettings courier = sound(
                        "delivery: { https: { url: \"https://a.example.org/in\", key: { file: secrets/key },"
                                + " trust: secrets/ca.pem } }")
                .courier();
        assertThat(courier.firstPause()).isEqualTo(Duration.ofSeconds(1));
        assertThat(courier.giveUpAfter()).isEqualTo(Duration.ofHours(12));
        assertThat(courier.transport()).isInstanceOfSatisfying(Transport.Https.class, https -> {
            assertThat(https.key()).hasSize(32);
            assertThat(https.trust()).hasSize(1);
            assertThat(https.timeout()).isEqualTo(Duration.ofSeconds(10));
            assertThat(https.toString()).doesNotContain("0123");
        });
    }

    @Test
    void sftp_both_ways_with_keys() throws IOException {
        Reach reach = sound("""
                delivery: { sftp: { host: sftp.example.org, user: hub, path: /in, knownHosts: secrets/known_hosts, key: { file: secrets/ssh } } }
                    collect: { sftp: { host: sftp.example.org, port: 2222, user: hub, path: /out, hostKey: "%s", password: { file: secrets/shelter } }, every: PT1M }""".formatted(hostKey));
        assertThat(reach.isServed()).isTrue();
        assertThat(reach.courier().transport()).isInstanceOfSatisfying(Transport.Sftp.class, sftp -> {
            assertThat(sftp.hostKeys()).hasSize(1);
            assertThat(sftp.key()).isNotNull();
            assertThat(sftp.port()).isEqualTo(22);
        });
        assertThat(reach.collector().every()).isEqualTo(Duration.ofMinutes(1));
        assertThat(reach.toString()).doesNotContain("0123456789abcdef");
    }

    @Test
    void mail_and_folder() throws IOException {
        assertThat(sound(
                                "delivery: { mail: { server: { host: mail.example.org, from: hub@example.org }, to: a@example.org,"
                                        + " certificate: secrets/mail.pem } }")
                        .courier()
                        .transport()
                        .way())
                .isEqualTo("mail");
        assertThat(sound(
                                "delivery: { mail: { server: { host: mail.example.org, from: hub@example.org }, to: a@example.org } }")
                        .courier()
                        .transport()
                        .way())
                .isEqualTo("mail-notice");
        assertThat(sound("delivery: { folder: { path: out/shelter } }")
                        .courier()
                        .transport())
                .isEqualTo(new Transport.Folder(Path.of("out/shelter"), false));
    }

    @Test
    void a_certificate_that_has_run_out_stops_nobody_but_is_told_to_whoever_checks() throws IOException {
        Faults faults = new Faults();
        Files.writeString(
                home.config().resolve("agencies/a.yaml"),
                OFFICE + "    delivery: { mail: { server: { host: a, from: hub@example.org }, to: a@example.org,"
                        + " certificate: secrets/old.pem } }\n");
        AgencyRegistry agencies =
                AgencyRegistry.load(home, false, Places.load(home, faults), Set.of("canonical"), faults);
        assertThat(faults.all()).isEmpty();
        assertThat(agencies.find("shelter")).isPresent();

        CertificateCheck check = new CertificateCheck(home, false, agencies);
        check.run(Instant.now(), faults);
        assertThat(faults.all()).singleElement().satisfies(fault -> {
            assertThat(fault.toString()).startsWith("config/agencies/a.yaml:8:").contains("not now");
            assertThat(fault.remedy()).isNotBlank();
        });
        Faults before = new Faults();
        check.run(Instant.now().minus(Duration.ofHours(36)), before);
        assertThat(before.all()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "delivery: { https: { url: 'https://a.example.org', key: { file: secrets/key }, trust: secrets/ca.pem } }",
                "delivery: { mail: { server: { host: a, user: hub, password: { file: secrets/key }, from: hub@example.org }, to: a@example.org, certificate: secrets/mail.pem } }",
                "delivery: { sftp: { host: sftp.example.org, user: hub, path: /in, knownHosts: secrets/known_hosts, key: { file: secrets/ssh } } }",
                "delivery: { sftp: { host: sftp.example.org, user: hub, path: /in, knownHosts: secrets/known_hosts, password: { file: secrets/key } } }",
            })
    void what_is_read_again_is_equal_until_a_secret_is_another(String lines) throws Exception {
        Reach before = sound(lines);
        assertThat(sound(lines)).isEqualTo(before).hasSameHashCodeAs(before);

        Files.writeString(root.resolve("secrets/key"), "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=\n");
        try (OutputStream key = Files.newOutputStream(root.resolve("secrets/ssh"))) {
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
                    KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256), "hub", null, key);
        }
        assertThat(sound(lines)).isNotEqualTo(before);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "delivery: { }                                                                         | delivery",
                "delivery: { pigeon: { } }                                                             | pigeon",
                "delivery: { https: { url: 'http://a.example.org', key: { file: secrets/key } } }      | url",
                "delivery: { https: { url: 'https://a b', key: { file: secrets/key } } }               | not an address",
                "delivery: { https: { url: 'https://a.example.org', key: { file: secrets/shelter } } } | 24 to 64 bytes",
                "delivery: { https: { url: 'https://a.example.org', key: { file: secrets/none } } }    | does not exist",
                "delivery: { https: { url: 'https://a.example.org', key: { plain: x } } }              | stands in the file",
                "delivery: { https: { url: 'https://a.example.org', key: { file: secrets/key }, trust: secrets/key } }    | read as certificates",
                "delivery: { https: { url: 'https://a.example.org', key: { file: secrets/key }, trust: secrets/none } }   | there is no file secrets/none",
                "delivery: { https: { url: 'https://a.example.org', key: { file: secrets/key }, timeout: 10 } }           | timeout",
                "delivery: { https: { url: 'https://a.example.org', key: { file: secrets/key }, timeout: PT } }           | length of time",
                "delivery: { folder: { path: out }, retry: { first: PT10M } }                          | shorter than the first",
                "delivery: { folder: { path: out }, retry: { giveUpAfter: PT1M } }                     | given up before",
                "delivery: { folder: { path: out }, circuit: { failures: 0 } }                         | failures",
                "delivery: { sftp: { host: other.example.org, user: hub, path: /in, knownHosts: secrets/known_hosts, key: { file: secrets/ssh } } } | no key of other.example.org at port 22",
                "delivery: { sftp: { host: a.example.org, user: hub, path: /in, key: { file: secrets/ssh } } }            | hostKey",
                "delivery: { sftp: { host: a.example.org, user: hub, path: /in, hostKey: 'ssh-rsa AAAA', key: { file: secrets/ssh } } } | not a key of a server",
                "delivery: { sftp: { host: sftp.example.org, user: hub, path: /in, knownHosts: secrets/known_hosts, key: { file: secrets/shelter } } } | not a private key",
                "delivery: { sftp: { host: sftp.example.org, user: hub, path: /in, knownHosts: secrets/known_hosts } }    | password",
                "delivery: { mail: { server: { host: a, from: hub@example.org }, to: nobody } }        | to",
                "delivery: { mail: { server: { host: a, from: hub@example.org }, to: a@example.org, certificate: secrets/signing.pem } } | not for encryption",
                "delivery: { mail: { server: { host: a, from: hub@example.org }, to: a@example.org, certificate: secrets/key } }         | read as certificates",
                "collect: { https: { url: 'https://a.example.org', key: { file: secrets/key } } }      | https",
                "collect: { every: PT1S }                                                              | collect",
            })
    void every_fault_has_its_line_and_a_remedy(String wrong, String says) throws IOException {
        Faults faults = new Faults();
        assertThat(read(wrong, faults)).as("an agency with a fault is left out").isNull();
        assertThat(faults.all()).isNotEmpty().allSatisfy(fault -> {
            assertThat(fault.file()).isEqualTo("config/agencies/a.yaml");
            assertThat(fault.line()).isEqualTo(8);
            assertThat(fault.remedy()).isNotBlank();
            assertThat(fault.toString()).doesNotContain("0123456789abcdef", "MDEyMzQ1");
        });
        assertThat(faults.all()).anySatisfy(fault -> assertThat(fault.problem() + " " + fault.remedy())
                .contains(says));
    }
}
