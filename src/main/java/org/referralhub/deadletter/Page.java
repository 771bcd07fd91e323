package org.referralhub.deadletter;

import java.util.List;

/**
 * A part of a longer list.
 *
 * @param page number of this page, from 0
 * @param size the most a page holds
 * @param total of all pages
 */
public record Page<T>(List<T> items, int page, int size, long total) {
    public Page {
        items = List.copyOf(items);
    }
}
