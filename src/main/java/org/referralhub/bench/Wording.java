package org.referralhub.bench;

import java.util.List;
import java.util.random.RandomGenerator;

/** Words to invent referrals from. Nobody is meant: names and stories are put together by a seeded generator. */
final class Wording {
    private static final List<String> BEGINNING = List.of(
            "Алтан", "Анх", "Бат", "Билэг", "Болор", "Ган", "Дэлгэр", "Ихэр", "Мөнх", "Наран", "Отгон", "Өлзий",
            "Пүрэв", "Сайхан", "Солонго", "Сүх", "Төгс", "Хонгор", "Эрдэнэ", "Энх");
    private static final List<String> ENDING = List.of(
            "амгалан", "баяр", "бат", "бүрэн", "болд", "гэрэл", "дорж", "жаргал", "зориг", "зул", "мандах", "наран",
            "од", "сайхан", "санаа", "сүрэн", "тулга", "туяа", "хүү", "цэцэг");
    /** How many names there are. */
    static final int NAMES = BEGINNING.size() * ENDING.size();

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

    /** The names in turn. */
    static String name(int number) {
        return BEGINNING.get(number % BEGINNING.size()) + ENDING.get(number / BEGINNING.size() % ENDING.size());
    }

    static String given(RandomGenerator random) {
        return one(BEGINNING, random) + one(ENDING, random);
    }

    static String patronymic(RandomGenerator random) {
        return given(random);
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

    static <T> T one(List<T> choices, RandomGenerator random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
