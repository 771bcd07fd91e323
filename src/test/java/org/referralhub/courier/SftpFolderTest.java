package org.referralhub.courier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.file.virtualfs.VirtualFileSystemFactory;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.sftp.server.SftpSubsystemFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.referralhub.agency.Transport;

/** Against a real SFTP server. */
@Timeout(60)
class SftpFolderTest {
    private static final byte[] CONTENT = "invented".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path root;

    private final KeyPair hostKey = pair();
    private final KeyPair ours = pair();
    private SshServer server;
    private SftpFolder folder;

    private static KeyPair pair() {
        try {
            return KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void start() throws IOException {
        Files.createDirectories(root.resolve("inbox"));
        server = server(0);
        folder = folder("/inbox", hostKey.getPublic(), ours, null);
    }

    private SshServer server(int port) throws IOException {
        SshServer fresh = SshServer.setUpDefaultServer();
        fresh.setHost("127.0.0.1");
        fresh.setPort(port);
        fresh.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        fresh.setPublickeyAuthenticator(
                (user, key, session) -> user.equals("hub") && KeyUtils.compareKeys(key, ours.getPublic()));
        fresh.setPasswordAuthenticator((user, password, session) -> user.equals("hub") && password.equals("s3cret"));
        fresh.setSubsystemFactories(List.of(new SftpSubsystemFactory.Builder().build()));
        fresh.setFileSystemFactory(new VirtualFileSystemFactory(root));
        fresh.start();
        return fresh;
    }

    @AfterEach
    void stop() throws IOException {
        folder.close();
        server.stop(true);
    }

    private SftpFolder folder(String path, PublicKey known, KeyPair key, String password) {
        return new SftpFolder(new Transport.Sftp(
                "127.0.0.1",
                server.getPort(),
                "hub",
                path,
                List.of(known),
                key,
                password == null ? null : password.toCharArray(),
                Duration.ofSeconds(10)));
    }

    private static String code(SftpFolder folder) {
        try (folder) {
            return catchThrowableOfType(SftpFolder.Trouble.class, () -> folder.leave("a.json", CONTENT))
                    .code();
        }
    }

    @Test
    void a_file_is_there_whole_under_its_name_and_a_repeat_changes_nothing() throws IOException {
        folder.leave("a.json", CONTENT);
        folder.leave("a.json", CONTENT);

        try (var files = Files.list(root.resolve("inbox"))) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("a.json");
        }
        assertThat(root.resolve("inbox/a.json")).hasBinaryContent(CONTENT);
    }

    @Test
    void a_large_file_goes_in_pieces() throws IOException {
        byte[] large = new byte[700_001];
        new java.util.Random(1).nextBytes(large);
        folder.leave("large.json", large);
        assertThat(root.resolve("inbox/large.json")).hasBinaryContent(large);
    }

    @Test
    void with_a_password_it_works_too() throws IOException {
        try (SftpFolder other = folder("/inbox", hostKey.getPublic(), null, "s3cret")) {
            other.leave("b.json", CONTENT);
        }
        assertThat(root.resolve("inbox/b.json")).exists();
    }

    @Test
    void a_server_with_another_key_gets_nothing() {
        assertThat(code(folder("/inbox", pair().getPublic(), ours, null))).isEqualTo("host-key-refused");
        assertThat(root.resolve("inbox")).isEmptyDirectory();
    }

    @Test
    void what_is_wrong_is_said_in_codes() {
        assertThat(code(folder("/inbox", hostKey.getPublic(), pair(), null))).isEqualTo("login-refused");
        assertThat(code(folder("/inbox", hostKey.getPublic(), null, "wrong"))).isEqualTo("login-refused");
        assertThat(code(folder("/nowhere", hostKey.getPublic(), ours, null))).isEqualTo("folder-missing");
    }

    @Test
    void a_server_that_was_away_is_found_again() throws IOException {
        folder.leave("a.json", CONTENT);
        int port = server.getPort();
        server.stop(true);
        assertThat(catchThrowableOfType(SftpFolder.Trouble.class, () -> folder.leave("b.json", CONTENT))
                        .code())
                .isIn("connection-broken", "unreachable");
        assertThat(catchThrowableOfType(SftpFolder.Trouble.class, () -> folder.leave("b.json", CONTENT))
                        .code())
                .isEqualTo("unreachable");
        server = server(port);
        folder.leave("b.json", CONTENT);
        assertThat(root.resolve("inbox/b.json")).hasBinaryContent(CONTENT);
    }

    @Test
    void files_are_found_read_and_put_away() throws IOException {
        Files.write(root.resolve("inbox/report.xml"), CONTENT);
        Files.write(root.resolve("inbox/.half.xml"), CONTENT);
        Files.createDirectories(root.resolve("inbox/other"));

        assertThat(folder.look("")).singleElement().satisfies(found -> {
            assertThat(found.name()).isEqualTo("report.xml");
            assertThat(found.size()).isEqualTo(CONTENT.length);
        });
        assertThat(folder.read("report.xml", 100)).isEqualTo(CONTENT);
        assertThat(folder.read("report.xml", 3)).hasSize(3);
        assertThat(folder.read("none.xml", 100)).isNull();
        folder.move("report.xml", "done", "report.xml");
        assertThat(root.resolve("inbox/done/report.xml")).hasBinaryContent(CONTENT);
        Files.write(root.resolve("inbox/report.xml"), new byte[] {1});
        folder.move("report.xml", "done", "report.xml");
        assertThat(root.resolve("inbox/done/report.xml")).hasBinaryContent(new byte[] {1});
        folder.note("failed", "why.txt", CONTENT);
        assertThat(root.resolve("inbox/failed/why.txt")).hasBinaryContent(CONTENT);
    }
}
