package org.referralhub.validation;

import java.util.ArrayList;
import java.util.List;

/** JSON Pointers (RFC 6901) as text. */
public final class Pointers {
    /** A pointer beyond this many characters ends at the last parent that fits: names are the sender's and may be hostile. */
    static final int MAX_LENGTH = 512;

    private Pointers() {}

    /** The pointer, or its last parent that fits. */
    public static String bounded(String pointer) {
        String fits = pointer;
        while (fits.length() > MAX_LENGTH) {
            fits = fits.substring(0, fits.lastIndexOf('/'));
        }
        return fits;
    }

    /** The pointer through these names and indices. */
    static String of(List<?> segments) {
        StringBuilder pointer = new StringBuilder();
        for (Object segment : segments) {
            int parent = pointer.length();
            pointer.append('/').append(escape(segment.toString()));
            if (pointer.length() > MAX_LENGTH) {
                return pointer.substring(0, parent);
            }
        }
        return pointer.toString();
    }

    /** This pointer's child of that name. */
    static String child(String parent, String name) {
        String child = parent + "/" + escape(name);
        return child.length() > MAX_LENGTH ? parent : child;
    }

    /** The names and indices of a pointer. */
    static List<String> segments(String pointer) {
        List<String> segments = new ArrayList<>();
        int at = pointer.startsWith("/") ? 0 : -1;
        while (at >= 0) {
            int next = pointer.indexOf('/', at + 1);
            String raw = next < 0 ? pointer.substring(at + 1) : pointer.substring(at + 1, next);
            segments.add(raw.replace("~1", "/").replace("~0", "~"));
            at = next;
        }
        return segments;
    }

    private static String escape(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
