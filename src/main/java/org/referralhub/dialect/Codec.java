package org.referralhub.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Finding;
import org.referralhub.validation.JsonLocator.Place;

/** Bytes to a tree and back, each checked against the format's own schema. Safe for use by many threads. */
interface Codec {
    /**
     * What reading gave.
     *
     * @param tree the document; null when it can't be read, and then there is at least one finding
     * @param findings of syntax with line and column, of the native schema with or without
     */
    record Read(@Nullable JsonNode tree, List<Finding> findings) {
        public Read {
            findings = List.copyOf(findings);
        }
    }

    /**
     * What writing gave.
     *
     * @param bytes the document; to be used only when nothing was found
     * @param findings of the native schema, with pointers into the tree
     */
    record Written(byte[] bytes, List<Finding> findings) {
        public Written {
            findings = List.copyOf(findings);
        }
    }

    /** One document; what is asked of it a second time is not worked out again. For one thread. */
    interface Opened {
        /** What reading gave; see {@link Codec#read}. */
        Read read();

        /** See {@link Codec#locate}. */
        Map<String, Place> locate(Collection<String> pointers);

        /** See {@link Codec#shown}. */
        List<Finding> shown(Origin origin, List<Finding> findings);
    }

    /** Opens a document that more than one thing will be asked of. */
    default Opened open(byte[] document) {
        return new Opened() {
            @Override
            public Read read() {
                return Codec.this.read(document);
            }

            @Override
            public Map<String, Place> locate(Collection<String> pointers) {
                return Codec.this.locate(document, pointers);
            }

            @Override
            public List<Finding> shown(Origin origin, List<Finding> findings) {
                return Codec.this.shown(document, origin, findings);
            }
        };
    }

    /** Reads a document and checks it. Never throws for any input. */
    Read read(byte[] document);

    /** The messages of a document, each as a document of its own; one for most formats. Never throws for any input. */
    default List<Part> parts(byte[] document) {
        return List.of(Part.whole(document));
    }

    /**
     * The findings as the sender is told: with the place in what was sent, and in words that help to find it there.
     *
     * @param document the one that was read
     * @param origin where it stood in what was sent
     * @param findings located in the document
     */
    default List<Finding> shown(byte[] document, Origin origin, List<Finding> findings) {
        return findings;
    }

    /** Line and column of pointers into the tree that {@link #read} gave; the nearest parent's for what is not there. */
    Map<String, Place> locate(byte[] document, Collection<String> pointers);

    /**
     * A pointer into one document as a pointer into another of the same kind. They differ where a list holds its entries in
     * any order.
     */
    default String inside(JsonNode document, String pointer, JsonNode exemplar) {
        return pointer;
    }

    /** The same format, written in the form that this media type names, if it has more than one. */
    default Codec writing(String mediaType) {
        return this;
    }

    /** The same format as somebody writes it by this clock: a moment without an offset is meant so. */
    default Codec by(ZoneId clock) {
        return this;
    }

    /** The same format with nothing read into it, so that what is written again says no more than its sender did. */
    default Codec asWritten() {
        return this;
    }

    /** Writes a tree and checks what was written. */
    Written write(JsonNode tree);

    /**
     * The document as its sender would have written it after these edits.
     *
     * @param document what {@link #read} could read
     * @param edits to be made one after the other; none to see whether the format can be written again at all
     * @param tree the document's tree after the edits
     * @return empty when it can't be written in the form that it came in
     */
    default Optional<byte[]> rewrite(byte[] document, List<Edit> edits, JsonNode tree) {
        byte[] written = write(tree).bytes();
        return written.length == 0 ? Optional.empty() : Optional.of(written);
    }

    /** True when {@link #rewrite} keeps every byte that no edit names. */
    default boolean keepsBytes(byte[] document) {
        return false;
    }
}
