package org.referralhub.bench;

import java.util.List;
import java.util.random.RandomGenerator;

/** Words to invent referrals from. Nobody is meant: names and stories are put together by a seeded generator. */
final class Wording {
    private static final List<String> GIVEN = List.of(
            "Анударь",
            "Тэмүүлэн",
            "Номин",
            "Билгүүн",
            "Мишээл",
            "Эрхэс",
            "Сондор",
            "Төгөлдөр",
            "Өнөрцэцэг",
            "Үүрийнтуяа");
    private static final List<String> PATRONYMIC = List.of(
            "Батболд",
            "Ганзориг",
            "Дорж",
            "Мөнхбат",
            "Отгонбаяр",
            "Пүрэв",
            "Сүхбаатар",
            "Цэрэндорж",
            "Эрдэнэ",
            "Нарантуяа");
    private static final List<String> SENTENCE = List.of(
            "Хүүхэд гэртээ ганцаараа үлдсэн гэж хэлэв.",
            "Дуудлага хийсэн хүн айж, чимээгүй ярьж байна.",
            "Хөршийн айлаас хашгирах чимээ олон удаа сонсогдсон.",
            "Хүүхэд хичээлдээ хоёр долоо хоног ирээгүй байна.",
            "Гэрт нь архи ууж, маргалддаг гэв.",
            "Хүүхэд шөнө гадаа үлдсэн, буцаж очихоос айж байна.",
            "Биед нь хөхөрсөн ором байгааг багш нь анзаарсан.",
            "Эмээгийндээ түр байгаа, эмээ нь өвчтэй.",
            "Утсаар дахин холбогдоход хариу өгөөгүй.",
            "Дүү нь бас гэрт байгаа гэж нэмж хэлэв.");

    private Wording() {}

    static String given(RandomGenerator random) {
        return one(GIVEN, random);
    }

    static String patronymic(RandomGenerator random) {
        return one(PATRONYMIC, random);
    }

    /** So many sentences in a row. */
    static String story(int sentences, RandomGenerator random) {
        StringBuilder story = new StringBuilder();
        for (int i = 0; i < sentences; i++) {
            story.append(i == 0 ? "" : " ").append(one(SENTENCE, random));
        }
        return story.toString();
    }

    /** An eight-digit mobile number. */
    static String phone(RandomGenerator random) {
        return "99" + random.nextInt(100_000, 1_000_000);
    }

    /** Register number of a child born on this day; the month is 20 more from the year 2000 on. */
    static String register(int year, int month, int day, boolean female, RandomGenerator random) {
        return "УК%02d%02d%02d%d%d"
                .formatted(year % 100, month + 20, day, random.nextInt(5) * 2 + (female ? 0 : 1), random.nextInt(10));
    }

    static <T> T one(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
