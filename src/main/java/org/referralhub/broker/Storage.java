package org.referralhub.broker;

/**
 * Where the broker keeps messages and how much room that takes. A number that the broker does not tell is not a number.
 *
 * @param journalType of the journal really in use, not the one asked for: {@code NIO}, {@code ASYNCIO} or {@code MAPPED}
 * @param synced every write is on the disk before it is answered
 * @param journalBytes files of the journal
 * @param memoryBytes messages in memory
 * @param pagingAddresses queues that have outgrown the memory
 * @param diskUsed share of the disk in use, 0 to 1
 * @param diskLimit share at which nothing more is taken in, 0 to 1
 */
public record Storage(
        String journalType,
        boolean synced,
        double journalBytes,
        double memoryBytes,
        double pagingAddresses,
        double diskUsed,
        double diskLimit) {

    /** Nothing is known. */
    public static final Storage UNKNOWN =
            new Storage("unknown", false, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    /** True when it is known that the disk is used to the limit; a limit of less than nothing is none. */
    boolean isFull() {
        return diskLimit >= 0 && diskUsed >= diskLimit;
    }
}
