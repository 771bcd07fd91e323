package org.referralhub.counts;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.referralhub.message.Text;

/**
 * Figures for some months. Null stands for what must not be shown.
 *
 * @param by what the rows are told apart by
 * @param rows in the order of their values; those in which there is nothing are missing
 * @param total of all rows
 */
public record CountTable(List<Dimension> by, List<Row> rows, Row total) {

    /**
     * Time until an answer, in seconds: that which half of the answers, and that which nine of ten did not exceed.
     *
     * @param median of all, the lower of the two in the middle
     */
    public record Times(int median, int ninetieth) {}

    /**
     * One combination of values.
     *
     * @param of code of the dimension to its value; empty for the total
     * @param names what people call these values
     * @param identified referrals that were opened
     * @param referred agencies that were asked to act, transfers not counted
     * @param acknowledged agencies that have said that they have seen it, by whatever they said first
     * @param accepted agencies that took it on
     * @param rejected agencies that declined
     * @param rejectedFor code of the reason to how many declined for it
     * @param transferred agencies whose responsibility another one has taken over
     * @param solved agencies that completed what they were asked for
     * @param overdue agencies that let a deadline to acknowledge or to accept run out
     * @param acknowledge time to acknowledge; null when it must not be shown or there is none
     * @param accept time to accept
     */
    public record Row(
            Map<String, String> of,
            Map<String, Text> names,
            @Nullable Long identified,
            @Nullable Long referred,
            @Nullable Long acknowledged,
            @Nullable Long accepted,
            @Nullable Long rejected,
            Map<String, @Nullable Long> rejectedFor,
            @Nullable Long transferred,
            @Nullable Long solved,
            @Nullable Long overdue,
            @Nullable Times acknowledge,
            @Nullable Times accept) {}
}
