package org.referralhub.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hub bench}: measures the hub against a bare broker and a bare pipeline in one run. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measure the hub against a bare broker and a bare pipeline, in one run and in temporary folders.")
public final class BenchCommand implements Callable<Integer> {
    @Option(
            names = "--referrals",
            defaultValue = "10000",
            paramLabel = "N",
            description = "referrals in each measured run (default ${DEFAULT-VALUE})")
    int referrals;

    @Option(
            names = "--seed",
            defaultValue = "108",
            paramLabel = "S",
            description =
                    "seed of the referrals' contents; the same seed sends the same bytes (default ${DEFAULT-VALUE})")
    long seed;

    @Option(
            names = "--senders",
            defaultValue = "8",
            paramLabel = "K",
            description = "agencies' connections that send at the same time (default ${DEFAULT-VALUE})")
    int senders;

    @Option(names = "--json", description = "print one JSON object instead of the table")
    boolean json;

    @Override
    public Integer call() {
        throw new UnsupportedOperationException("not measured yet");
    }
}
