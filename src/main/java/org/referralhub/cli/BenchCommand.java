package org.referralhub.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Measures the hub; the measuring itself is {@code org.referralhub.bench}. */
@Command(
        name = "bench",
        description = "Measure referrals a second, latency and CPU, next to the bare broker and pipeline.")
final class BenchCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UnsupportedOperationException("bench is not built yet");
    }
}
