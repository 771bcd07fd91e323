package org.referralhub.message;

/**
 * One text in both languages of the hub.
 *
 * @param mn Mongolian
 * @param en English
 */
public record Text(String mn, String en) {}
