package org.referralhub.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.referralhub.agency.OpeningHours;
import org.springframework.context.MessageSource;

/** How moments are written: by the clock of the capital, and how far away they are. */
public final class Times {
    /** The clock on the wall of the operators' room. */
    public static final ZoneId ZONE = OpeningHours.ALWAYS.zone();

    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZONE);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZONE);
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT).withZone(ZONE);
    private static final int FEW = 2;

    private final MessageSource texts;
    private final Locale language;
    private final Instant now;

    Times(MessageSource texts, Locale language, Instant now) {
        this.texts = texts;
        this.language = language;
        this.now = now;
    }

    /** Day and minute. */
    public String minute(@Nullable Instant moment) {
        return moment == null ? "" : MINUTE.format(moment);
    }

    /** Day and second. */
    public String second(@Nullable Instant moment) {
        return moment == null ? "" : SECOND.format(moment);
    }

    /** Time of the day. */
    public String clock(Instant moment) {
        return HOUR.format(moment);
    }

    /** For machines. */
    public String iso(@Nullable Instant moment) {
        return moment == null ? "" : moment.toString();
    }

    /** How long ago, in words; empty when the moment is missing. */
    public String ago(@Nullable Instant moment) {
        if (moment == null) {
            return "";
        }
        Duration since = Duration.between(moment, now);
        return since.toMinutes() < 1 ? text("time.just") : text("time.ago", length(since));
    }

    /** How long it is until then, or since when it is overdue. */
    public String left(@Nullable Instant due) {
        if (due == null) {
            return "";
        }
        Duration left = Duration.between(now, due);
        return text(left.isNegative() ? "time.overdue" : "time.left", length(left.abs()));
    }

    /** True when the moment has passed. */
    public boolean isPast(@Nullable Instant moment) {
        return moment != null && moment.isBefore(now);
    }

    /** True when less than an hour is left. */
    public boolean isNear(@Nullable Instant moment) {
        return moment != null && moment.isBefore(now.plus(Duration.ofHours(1)));
    }

    private String length(Duration time) {
        long minutes = Math.max(0, time.toMinutes());
        if (minutes < 60) {
            return text("time.minutes", minutes);
        }
        long hours = minutes / 60;
        if (hours < 24 * FEW) {
            return text("time.hours", hours, minutes % 60);
        }
        return text("time.days", hours / 24);
    }

    private String text(String key, Object... values) {
        return texts.getMessage(key, values, language);
    }
}
