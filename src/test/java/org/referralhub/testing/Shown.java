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
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The words that a picture of the handbook shows: headings of columns and sections, fields, buttons and the menu. They are
 * kept with the pictures, so that a page that has changed since is noticed; what a browser makes of the same page is another
 * on every machine.
 */
final class Shown {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    /** The elements' own words: not the choices of a field, nor how many letters the menu counts. */
    private static final String WORDS =
            "() => [...document.querySelectorAll('nav:not(.paging) a, nav:not(.paging) a span, h1, h2, thead th, legend,"
                    + " label > span, button, summary')]"
                    + ".filter(one => one.checkVisibility())"
                    + ".map(one => [...one.childNodes].filter(node => node.nodeType === Node.TEXT_NODE)"
                    + ".map(node => node.textContent).join(' ').trim().replace(/\\s+/g, ' '))";
    /** What is another one in every run: references, identifiers, times. */
    private static final String NUMBERS = ".*[0-9].*";

    private Shown() {}

    static SortedSet<String> on(Page page) {
        SortedSet<String> words = new TreeSet<>();
        for (Object word : (List<?>) page.evaluate(WORDS)) {
            if (!word.toString().isEmpty() && !word.toString().matches(NUMBERS)) {
                words.add(word.toString());
            }
        }
        return words;
    }

    static void keep(String picture, SortedSet<String> words, Path file) {
        SortedMap<String, SortedSet<String>> all = read(file);
        all.put(picture, words);
        try {
            Files.writeString(file, JSON.writeValueAsString(all) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void hold(String picture, SortedSet<String> words, Path file) {
        assertThat(words)
                .as("%s/%s.png is older than its page: write it anew with -Dhub.write=true", file.getParent(), picture)
                .isEqualTo(read(file).get(picture));
    }

    private static SortedMap<String, SortedSet<String>> read(Path file) {
        try {
            return Files.exists(file)
                    ? new TreeMap<>(JSON.readValue(file.toFile(), new TypeReference<Map<String, TreeSet<String>>>() {}))
                    : new TreeMap<>();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
