package org.referralhub.bench;

import java.time.LocalDate;
import java.util.List;

/**
 * Who a referral is about: another child for each number up to some 100,000. The hub looks for other reports on the same child,
 * so with few children it would find some for each, and with chance alone now and then one.
 */
record InventedChild(int number) {
    private static final List<String> LETTERS = List.of("А", "Б", "Г", "З", "Л", "М", "Н", "О", "П", "У", "Х", "Ш");
    private static final int DAYS = 300;

    String given() {
        return Wording.name(number);
    }

    String patronymic() {
        return Wording.name(number / Wording.NAMES);
    }

    /** A birthday of a child that was so many years old at its last. */
    LocalDate born(LocalDate today, int years) {
        return today.minusYears(years).minusDays(1 + number / (LETTERS.size() * LETTERS.size() * 10) % DAYS);
    }

    /** The month is 20 more from the year 2000 on; the digit before the last is even for girls. */
    String register(LocalDate born, boolean female) {
        int rest = number / LETTERS.size();
        return "%s%s%02d%02d%02d%d%d"
                .formatted(
                        LETTERS.get(number % LETTERS.size()),
                        LETTERS.get(rest % LETTERS.size()),
                        born.getYear() % 100,
                        born.getMonthValue() + 20,
                        born.getDayOfMonth(),
                        female ? 4 : 5,
                        rest / LETTERS.size() % 10);
    }
}
