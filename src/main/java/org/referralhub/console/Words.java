package org.referralhub.console;

/** Texts in the reader's language. */
@FunctionalInterface
public interface Words {
    /** @param otherwise for a key without a text */
    String of(String key, String otherwise);
}
