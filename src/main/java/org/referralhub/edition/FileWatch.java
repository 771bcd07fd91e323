package org.referralhub.edition;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.referralhub.edition.ChangeReport.Cause;
import org.referralhub.ledger.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Notices that files have changed, waits until nobody writes any more, and has the change tried. The file system tells of most
 * changes at once; where it does not, as on many network drives, a look at sizes and times every few seconds finds them.
 */
final class FileWatch implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private final Shelf shelf;
    private final LiveChange change;
    private final boolean on;
    private final Duration quiet;
    private final Duration every;
    private final Loop loop = new Loop("configuration-watch", Duration.ofSeconds(60), this::run);
    private volatile @Nullable WatchService service;

    /**
     * @param on whether to watch at all
     * @param quiet how long nothing must have changed before a change is tried, so that the many files of one checkout, or
     *     the halves of one file, are one change
     * @param every how often it looks though it was told nothing
     */
    FileWatch(Shelf shelf, LiveChange change, boolean on, Duration quiet, Duration every) {
        this.shelf = shelf;
        this.change = change;
        this.on = on;
        this.quiet = quiet;
        this.every = every;
    }

    @Override
    public void start() {
        if (on) {
            loop.start();
        }
    }

    @Override
    public void stop() {
        close();
        loop.stop();
    }

    @Override
    public boolean isRunning() {
        return loop.isRunning();
    }

    private void run() {
        open();
        do {
            try {
                String mark = shelf.mark();
                if (!mark.equals(shelf.copied())) {
                    settle(mark);
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("The files can't be watched for now: {}", e.toString());
            }
        } while (await());
        close();
    }

    /** Waits until two looks see the same, and has it tried. */
    private void settle(String first) throws IOException {
        String seen = first;
        String before;
        do {
            if (!loop.pause(quiet)) {
                return;
            }
            before = seen;
            seen = shelf.mark();
        } while (!seen.equals(before));
        if (!seen.equals(shelf.copied())) {
            change.reload(Cause.FILES);
            register();
        }
    }

    /** Waits for a change, or until it is time for a look; false when the hub stops. */
    private boolean await() {
        WatchService watching = service;
        if (watching == null) {
            return loop.pause(every);
        }
        try {
            WatchKey key = watching.poll(every.toMillis(), TimeUnit.MILLISECONDS);
            if (key != null) {
                key.pollEvents();
                key.reset();
            }
            return !loop.isStopped();
        } catch (ClosedWatchServiceException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void open() {
        try {
            service = shelf.newWatchService();
            register();
        } catch (IOException | UnsupportedOperationException e) {
            close();
            LOG.info(
                    "The file system does not tell of changes ({}); the hub looks every {} s",
                    e.getClass().getSimpleName(),
                    every.toSeconds());
        }
    }

    /** Also the folders that have come since; one that is known stays as it is. */
    private void register() throws IOException {
        WatchService watching = service;
        if (watching != null) {
            for (Path folder : shelf.folders()) {
                folder.register(
                        watching,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            }
        }
    }

    private void close() {
        WatchService watching = service;
        service = null;
        if (watching != null) {
            try {
                watching.close();
            } catch (IOException e) {
                LOG.debug("The watch could not be ended: {}", e.toString());
            }
        }
    }
}
