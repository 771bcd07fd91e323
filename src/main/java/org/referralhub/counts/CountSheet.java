package org.referralhub.counts;

import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/** Figures as lines of a table that programs and spreadsheets read. */
public final class CountSheet {
    /** What stands in a table for a figure that must not be shown. */
    private static final String HIDDEN = "*";
    /** Of a dimension's name, in the audit. */
    private static final int LETTERS = 4;

    private CountSheet() {}

    /** What was asked, in the 40 characters that the audit has for it: months, and dimensions by their first letters. */
    public static String question(YearMonth from, YearMonth to, List<Dimension> by) {
        String dimensions = by.stream()
                .distinct()
                .map(one -> one.code().substring(0, Math.min(LETTERS, one.code().length())))
                .collect(Collectors.joining(","));
        return "counts %s..%s %s".formatted(from, to, dimensions).strip();
    }

    /** The names of the columns. */
    public static List<String> head(CountTable table) {
        List<String> head = new ArrayList<>();
        for (Dimension dimension : table.by()) {
            head.add(dimension.code());
            if (dimension != Dimension.MONTH) {
                head.add(dimension.code() + "_mn");
                head.add(dimension.code() + "_en");
            }
        }
        head.addAll(List.of("identified", "referred", "acknowledged", "accepted", "rejected"));
        table.total().rejectedFor().keySet().forEach(reason -> head.add("rejected_" + reason.toLowerCase(Locale.ROOT)));
        head.addAll(List.of(
                "transferred",
                "solved",
                "overdue",
                "acknowledge_median_s",
                "acknowledge_90_s",
                "accept_median_s",
                "accept_90_s"));
        return head;
    }

    /** One line; {@code *} for what must not be shown. */
    public static List<String> record(CountTable table, CountTable.Row row) {
        List<String> record = new ArrayList<>();
        for (Dimension dimension : table.by()) {
            String value = row.of().get(dimension.code());
            record.add(value == null ? "ALL" : value);
            if (dimension != Dimension.MONTH) {
                Text name = row.names().get(dimension.code());
                record.add(name == null ? "Бүгд" : name.mn());
                record.add(name == null ? "All" : name.en());
            }
        }
        record.add(figure(row.identified()));
        record.add(figure(row.referred()));
        record.add(figure(row.acknowledged()));
        record.add(figure(row.accepted()));
        record.add(figure(row.rejected()));
        row.rejectedFor().values().forEach(rejected -> record.add(figure(rejected)));
        record.add(figure(row.transferred()));
        record.add(figure(row.solved()));
        record.add(figure(row.overdue()));
        times(record, row.acknowledge(), row.acknowledged());
        times(record, row.accept(), row.accepted());
        return record;
    }

    private static void times(List<String> record, CountTable.@Nullable Times times, @Nullable Long answers) {
        if (times == null) {
            String none = answers == null ? HIDDEN : "";
            record.add(none);
            record.add(none);
        } else {
            record.add(Integer.toString(times.median()));
            record.add(Integer.toString(times.ninetieth()));
        }
    }

    private static String figure(@Nullable Long value) {
        return value == null ? HIDDEN : value.toString();
    }
}
