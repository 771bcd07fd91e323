package org.referralhub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a picture of the handbook shows in words, kept with the pictures, so that a page that has changed since is noticed. The
 * pictures themselves can't be compared: what a browser makes of the same page is another on every machine.
 *
 * @param words of the menu, headings, fields and buttons
 * @param tables each by the headings of its columns
 */
record Shown(SortedSet<String> words, SortedSet<String> tables) {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    /** An element's own words: not the choices of a field, nor how many letters the menu counts. */
    private static final String OWN = "one => [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)"
            + ".map(node => node.textContent).join(' ').trim().replace(/\\s+/g, ' ')";

    private static final String WORDS =
            "() => [...document.querySelectorAll('nav:not(.paging) a, nav:not(.paging) a span,"
                    + " h1, h2, legend, label > span, button, summary')].filter(one => one.checkVisibility()).map("
                    + OWN + ")";
    private static final String TABLES = "() => [...document.querySelectorAll('thead tr')]"
            + ".filter(one => one.checkVisibility())"
            + ".map(row => [...row.querySelectorAll('th')].map(" + OWN + ").join(' | '))";
    /** What is another one in every run: references, identifiers, times. */
    private static final String NUMBERS = ".*[0-9].*";

    static Shown on(Page page) {
        return new Shown(texts(page, WORDS), texts(page, TABLES));
    }

    private static SortedSet<String> texts(Page page, String which) {
        SortedSet<String> texts = new TreeSet<>();
        for (Object text : (List<?>) page.evaluate(which)) {
            if (!text.toString().isEmpty() && !text.toString().matches(NUMBERS)) {
                texts.add(text.toString());
            }
        }
        return texts;
    }

    void keep(String picture, Path file) {
        SortedMap<String, Shown> all = read(file);
        all.put(picture, this);
        try {
            Files.writeString(file, JSON.writeValueAsString(all) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fails when the page shows something else than its picture. A table that is empty in one of the two is in neither. */
    void hold(String picture, Path file) {
        String stale = "%s/%s.png is older than its page: write it anew with -Dhub.write=true"
                .formatted(file.getParent(), picture);
        Shown before = read(file).get(picture);
        assertThat(before).as(stale).isNotNull();
        assertThat(words).as(stale).isEqualTo(before.words);
        assertThat(tables.containsAll(before.tables) || before.tables.containsAll(tables))
                .as("%s; columns %s, and there %s", stale, tables, before.tables)
                .isTrue();
    }

    private static SortedMap<String, Shown> read(Path file) {
        try {
            return Files.exists(file)
                    ? JSON.readValue(file.toFile(), new TypeReference<TreeMap<String, Shown>>() {})
                    : new TreeMap<>();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
