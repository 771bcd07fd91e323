package org.referralhub.watch;

/** One thing that is looked at again and again; its gauges show what it found last. */
interface Reading {
    /** Its name in the log, a word or two. */
    String name();

    /**
     * Looks once.
     *
     * @throws Exception when it can't be read now; its gauges show no number then, or the last one
     */
    void take() throws Exception;
}
