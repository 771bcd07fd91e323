package org.referralhub.courier;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NotDirectoryException;

/** Leaves each document as a file in a folder, here or on a server. */
final class DropCarrier implements Carrier {
    private final DropFolder folder;

    DropCarrier(DropFolder folder) {
        this.folder = folder;
    }

    @Override
    public void bring(Document document) {
        try {
            folder.leave(document.fileName(), document.body());
        } catch (IOException e) {
            throw UndeliveredException.again(code(e));
        }
    }

    static String code(IOException failure) {
        if (failure instanceof NotDirectoryException) {
            return "folder-missing";
        }
        if (failure instanceof AccessDeniedException) {
            return "folder-closed";
        }
        return failure instanceof SftpFolder.Trouble trouble ? trouble.code() : "not-written";
    }

    @Override
    public void close() {
        folder.close();
    }
}
