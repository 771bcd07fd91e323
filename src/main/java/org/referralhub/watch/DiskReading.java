package org.referralhub.watch;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.referralhub.broker.Broker;
import org.referralhub.broker.Storage;

/** The disk that the hub writes to, and what the broker keeps there. */
final class DiskReading implements Reading {
    private final Path data;
    private final Broker broker;
    private final MultiGauge journal;
    private volatile double free = Double.NaN;
    private volatile double size = Double.NaN;
    private volatile Storage storage = Storage.UNKNOWN;

    /** @param data the folder with the journal and the ledger */
    DiskReading(Path data, Broker broker, MeterRegistry meters) {
        this.data = data;
        this.broker = broker;
        bytes(meters, "hub.disk.free", "Room on the disk of the data folder", one -> one.free);
        bytes(meters, "hub.disk.size", "Size of the disk of the data folder", one -> one.size);
        bytes(
                meters,
                "hub.broker.journal.size",
                "Files of the broker's journal; no number when the broker is outside",
                one -> one.storage.journalBytes());
        bytes(
                meters,
                "hub.broker.memory",
                "Messages that the broker holds in memory",
                one -> one.storage.memoryBytes());
        gauge(
                meters,
                "hub.broker.paging.addresses",
                "Queues that have outgrown the memory and page to disk; no number when the broker is outside",
                one -> one.storage.pagingAddresses());
        gauge(
                meters,
                "hub.broker.disk.used",
                "Share of its disk that the broker sees in use, 0 to 1",
                one -> one.storage.diskUsed());
        gauge(
                meters,
                "hub.broker.disk.limit",
                "Share of its disk at which the broker takes nothing more, 0 to 1",
                one -> one.storage.diskLimit());
        journal = MultiGauge.builder("hub.broker.journal")
                .description("1 for the journal that is really in use: its type, and whether every write is synced")
                .register(meters);
    }

    private void bytes(MeterRegistry meters, String name, String description, ToDoubleFunction<DiskReading> value) {
        Gauge.builder(name, this, value)
                .description(description)
                .baseUnit(BaseUnits.BYTES)
                .register(meters);
    }

    private void gauge(MeterRegistry meters, String name, String description, ToDoubleFunction<DiskReading> value) {
        Gauge.builder(name, this, value).description(description).register(meters);
    }

    @Override
    public String name() {
        return "the disk";
    }

    @Override
    public void take() throws IOException {
        FileStore store = Files.getFileStore(data);
        free = store.getUsableSpace();
        size = store.getTotalSpace();
        Storage now = broker.storage();
        if (!now.journalType().equals(storage.journalType()) || now.synced() != storage.synced()) {
            journal.register(
                    List.of(MultiGauge.Row.of(
                            Tags.of("type", now.journalType(), "synced", Boolean.toString(now.synced())), 1)),
                    true);
        }
        storage = now;
    }
}
