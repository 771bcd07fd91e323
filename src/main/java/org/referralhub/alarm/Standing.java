package org.referralhub.alarm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.std.FromStringDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where alarms stand, for a restart or for the next node: without it an alarm that no channel had taken yet would never be sent.
 *
 * @param told keys of the troubles that the standing alarm was raised for; null when none stands
 * @param waiting notices that a channel has not taken yet, by its address, in their order
 */
record Standing(@Nullable SortedSet<String> told, Map<String, List<Notice>> waiting) {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .registerModule(new SimpleModule()
                    .addSerializer(Instant.class, ToStringSerializer.instance)
                    .addDeserializer(Instant.class, new FromStringDeserializer<>(Instant.class) {
                        @Override
                        protected Instant _deserialize(String text, DeserializationContext context) {
                            return Instant.parse(text);
                        }
                    }));
    private static final Standing NONE = new Standing(null, Map.of());

    static Standing of(@Nullable Collection<String> told, Map<Channel, ? extends Collection<Notice>> waiting) {
        return new Standing(
                told == null ? null : new TreeSet<>(told),
                waiting.entrySet().stream()
                        .filter(channel -> !channel.getValue().isEmpty())
                        .collect(Collectors.toUnmodifiableMap(
                                channel -> channel.getKey().address(),
                                channel -> List.copyOf(channel.getValue()),
                                // The same address twice is told twice, and after a restart once.
                                (first, second) -> first)));
    }

    /** What {@link #note} wrote; a line for each key is what earlier versions wrote. */
    static Standing read(@Nullable String note) {
        if (note == null) {
            return NONE;
        }
        if (!note.startsWith("{")) {
            return new Standing(note.lines().collect(Collectors.toCollection(TreeSet::new)), Map.of());
        }
        try {
            return MAPPER.readValue(note, Standing.class);
        } catch (JsonProcessingException e) {
            // Written by a version to come. To tell operators once more is better than not at all.
            return NONE;
        }
    }

    /** As the lease keeps it; null when there is nothing to keep. */
    @Nullable
    String note() {
        try {
            return equals(NONE) ? null : MAPPER.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a notice can't be written", e);
        }
    }
}
