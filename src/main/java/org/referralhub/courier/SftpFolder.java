package org.referralhub.courier;

import java.io.IOException;
import java.io.InputStream;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHFsyncExtension;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.Transport;

/**
 * A folder on an SFTP server that has proved to be the one with a known key. The connection is kept until it has been silent
 * for a while or has failed.
 */
final class SftpFolder implements DropFolder {
    /** With a code and without anything that the server has said. */
    static final class Trouble extends IOException {
        private static final long serialVersionUID = 1L;

        private final String code;

        Trouble(String code) {
            super(code);
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T with(SftpClient sftp) throws IOException;
    }

    private final Transport.Sftp settings;
    private final AtomicBoolean wrongKey = new AtomicBoolean();
    private @Nullable SshClient ssh;
    private @Nullable ClientSession session;
    private @Nullable SftpClient open;

    SftpFolder(Transport.Sftp settings) {
        this.settings = settings;
    }

    @Override
    public void leave(String name, byte[] content) throws IOException {
        work(sftp -> {
            write(sftp, settings.path(), name, content);
            return true;
        });
    }

    @Override
    public void note(String folder, String name, byte[] content) throws IOException {
        work(sftp -> {
            write(sftp, made(sftp, folder), name, content);
            return true;
        });
    }

    private static void write(SftpClient sftp, String folder, String name, byte[] content) throws IOException {
        String file = folder + "/" + name;
        if (size(sftp, file) == content.length) {
            return;
        }
        String unfinished = folder + "/." + name + ".tmp";
        try (SftpClient.CloseableHandle handle = sftp.open(
                unfinished,
                EnumSet.of(SftpClient.OpenMode.Write, SftpClient.OpenMode.Create, SftpClient.OpenMode.Truncate))) {
            int most = 32 * 1024;
            for (int from = 0; from < content.length; from += most) {
                sftp.write(handle, from, content, from, Math.min(most, content.length - from));
            }
            OpenSSHFsyncExtension sync = sftp.getExtension(OpenSSHFsyncExtension.class);
            if (sync != null && sync.isSupported()) {
                sync.fsync(handle);
            }
        }
        rename(sftp, unfinished, file);
    }

    /** A plain rename fails when the name is taken. */
    private static void rename(SftpClient sftp, String from, String to) throws IOException {
        OpenSSHPosixRenameExtension atomic = sftp.getExtension(OpenSSHPosixRenameExtension.class);
        if (atomic != null && atomic.isSupported()) {
            atomic.posixRename(from, to);
            return;
        }
        if (size(sftp, to) >= 0) {
            sftp.remove(to);
        }
        sftp.rename(from, to);
    }

    /** The size of a file; -1 when there is none. */
    private static long size(SftpClient sftp, String file) throws IOException {
        try {
            return sftp.stat(file).getSize();
        } catch (SftpException e) {
            if (e.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE) {
                return -1;
            }
            throw e;
        }
    }

    @Override
    public List<Found> look(String folder) throws IOException {
        return work(sftp -> {
            List<Found> files = new ArrayList<>();
            String path = folder.isEmpty() ? settings.path() : settings.path() + "/" + folder;
            if (!folder.isEmpty() && size(sftp, path) < 0) {
                return files;
            }
            for (SftpClient.DirEntry entry : sftp.readDir(path)) {
                SftpClient.Attributes file = entry.getAttributes();
                if (file.isRegularFile() && !entry.getFilename().startsWith(".")) {
                    Instant changed = file.getModifyTime() == null
                            ? Instant.EPOCH
                            : file.getModifyTime().toInstant();
                    files.add(new Found(entry.getFilename(), file.getSize(), changed));
                }
            }
            files.sort(Comparator.comparing(Found::name));
            return files;
        });
    }

    @Override
    public byte @Nullable [] read(String name, int most) throws IOException {
        Optional<byte[]> content = work(sftp -> {
            String file = settings.path() + "/" + name;
            if (size(sftp, file) < 0) {
                return Optional.empty();
            }
            try (InputStream stream = sftp.read(file)) {
                return Optional.of(stream.readNBytes(most));
            }
        });
        return content.isPresent() ? content.get() : null;
    }

    @Override
    public void move(String name, String folder, String as) throws IOException {
        work(sftp -> {
            rename(sftp, settings.path() + "/" + name, made(sftp, folder) + "/" + as);
            return true;
        });
    }

    private String made(SftpClient sftp, String folder) throws IOException {
        String path = settings.path() + "/" + folder;
        if (size(sftp, path) < 0) {
            sftp.mkdir(path);
        }
        return path;
    }

    /** What fails ends the connection: the next one begins anew. */
    private synchronized <T> T work(Work<T> work) throws IOException {
        try {
            return work.with(connection());
        } catch (SftpException e) {
            disconnect();
            throw new Trouble(
                    switch (e.getStatus()) {
                        case SftpConstants.SSH_FX_NO_SUCH_FILE, SftpConstants.SSH_FX_NO_SUCH_PATH -> "folder-missing";
                        case SftpConstants.SSH_FX_PERMISSION_DENIED -> "folder-closed";
                        default -> "sftp-status-" + e.getStatus();
                    });
        } catch (Trouble e) {
            disconnect();
            throw e;
        } catch (IOException e) {
            disconnect();
            throw new Trouble("connection-broken");
        }
    }

    private SftpClient connection() throws IOException {
        SftpClient kept = open;
        ClientSession current = session;
        if (kept != null && kept.isOpen() && current != null && current.isOpen()) {
            return kept;
        }
        disconnect();
        wrongKey.set(false);
        ClientSession fresh;
        try {
            fresh = client().connect(settings.user(), settings.host(), settings.port())
                    .verify(settings.timeout())
                    .getSession();
        } catch (IOException e) {
            throw new Trouble("unreachable");
        }
        session = fresh;
        try {
            if (settings.key() != null) {
                fresh.addPublicKeyIdentity(settings.key());
            }
            char[] password = settings.password();
            if (password != null) {
                fresh.addPasswordIdentity(new String(password));
            }
            fresh.auth().verify(settings.timeout());
        } catch (SshException e) {
            boolean foreign =
                    wrongKey.get() || e.getDisconnectCode() == SshConstants.SSH2_DISCONNECT_HOST_KEY_NOT_VERIFIABLE;
            throw new Trouble(foreign ? "host-key-refused" : "login-refused");
        }
        SftpClient sftp = SftpClientFactory.instance().createSftpClient(fresh);
        open = sftp;
        return sftp;
    }

    private SshClient client() {
        SshClient running = ssh;
        if (running == null) {
            running = SshClient.setUpDefaultClient();
            CoreModuleProperties.NIO_WORKERS.set(running, 1);
            CoreModuleProperties.IDLE_TIMEOUT.set(running, settings.timeout());
            running.setServerKeyVerifier((server, address, key) -> isKnown(key));
            // Neither this machine's own keys nor its configuration are the hub's.
            running.setKeyIdentityProvider(null);
            running.setHostConfigEntryResolver(org.apache.sshd.client.config.hosts.HostConfigEntryResolver.EMPTY);
            running.start();
            ssh = running;
        }
        return running;
    }

    private boolean isKnown(PublicKey key) {
        boolean known = settings.hostKeys().stream().anyMatch(pinned -> KeyUtils.compareKeys(pinned, key));
        wrongKey.set(!known);
        return known;
    }

    private void disconnect() {
        open = null;
        ClientSession old = session;
        session = null;
        if (old != null) {
            old.close(true);
        }
    }

    @Override
    public synchronized void close() {
        disconnect();
        SshClient running = ssh;
        ssh = null;
        if (running != null) {
            running.stop();
        }
    }
}
