package org.referralhub.configuration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.Map;
import org.referralhub.validation.JsonLocator.Place;

/** The tree of a file together with the place of everything in it. */
public final class Located {
    private final String file;
    private final JsonNode tree;
    private final Map<String, Place> places;
    private final boolean sound;

    Located(String file, JsonNode tree, Map<String, Place> places, boolean sound) {
        this.file = file;
        this.tree = tree;
        this.places = places;
        this.sound = sound;
    }

    static Located unreadable(String file) {
        return new Located(file, MissingNode.getInstance(), Map.of(), false);
    }

    /** The file's path as shown to people. */
    public String file() {
        return file;
    }

    /** The content; a missing node when nothing could be read. */
    public JsonNode tree() {
        return tree;
    }

    /** True when the file could be read and fits its schema. */
    public boolean isSound() {
        return sound;
    }

    /** Where this JSON Pointer stands; what is not there takes the place of its nearest existing parent. */
    public Place place(String pointer) {
        String nearest = pointer;
        while (true) {
            Place place = places.get(nearest);
            if (place != null) {
                return place;
            }
            int slash = nearest.lastIndexOf('/');
            if (slash < 0) {
                return new Place(1, 1);
            }
            nearest = nearest.substring(0, slash);
        }
    }

    /** A fault at the place of this JSON Pointer. */
    public ConfigurationFault fault(String pointer, String problem, String remedy) {
        Place place = place(pointer);
        return new ConfigurationFault(file, place.line(), place.column(), problem, remedy);
    }
}
